"""
The networks of the tasks in Keras' own layers. A layer bears the path of its parameters in Fovea's tree, so
that one rule brings all weights over: TensorFlow lays convolutions and linear layers out as Fovea does.
"""
import tensorflow as tf

L = tf.keras.layers
OURS = {"kernel": "weight", "bias": "bias", "gamma": "scale", "beta": "shift"}


def make(network, size, data):
    images = L.Input((size, size, 3))
    model = tf.keras.Model(images, MAKERS[network["kind"]](network, images))
    for layer in model.layers:
        for variable in layer.trainable_variables:
            name = layer.name + "." + OURS.get(variable.name, variable.name)
            variable.assign(data["params." + name])
    return model


def conv(x, name, filters, kernel=3, stride=1):
    # what 'same' pads depends on the stride; PyTorch's and ours does not
    if stride > 1 and kernel > 1:
        x = L.ZeroPadding2D(kernel // 2)(x)
    padding = "valid" if stride > 1 else "same"
    return L.Conv2D(filters, kernel, stride, padding=padding, use_bias=False, name=name)(x)


def norm(x, name, momentum=0.9):
    return L.BatchNormalization(momentum=momentum, epsilon=1e-5, name=name)(x)


def none(x, name, dim):
    return x


def squeeze_excite(x, name, dim, reduction=16):
    summary = L.GlobalAveragePooling2D()(x)
    squeezed = L.Dense(max(1, dim // reduction), activation="relu", name=f"{name}.squeeze")(summary)
    gate = L.Dense(dim, activation="sigmoid", name=f"{name}.excite")(squeezed)
    return L.Multiply()([x, L.Reshape((1, 1, dim))(gate)])


def cbam(x, name, dim, reduction=16):
    squeeze = L.Dense(max(1, dim // reduction), activation="relu", name=f"{name}.channel.squeeze")
    excite = L.Dense(dim, name=f"{name}.channel.excite")
    scores = [excite(squeeze(summary(x))) for summary in (L.GlobalAveragePooling2D(), L.GlobalMaxPooling2D())]
    gate = L.Activation("sigmoid")(L.Add()(scores))
    x = L.Multiply()([x, L.Reshape((1, 1, dim))(gate)])
    planes = L.Concatenate()([tf.keras.ops.mean(x, -1, keepdims=True), tf.keras.ops.max(x, -1, keepdims=True)])
    spatial = norm(conv(planes, f"{name}.spatial.conv", 1, 7), f"{name}.spatial.norm", 0.99)
    return L.Multiply()([x, L.Activation("sigmoid")(spatial)])


ATTENTIONS = {"none": none, "squeezeExcite": squeeze_excite, "cbam": cbam}


def residual_network(network, x, widths=(16, 32, 64), depth=3):
    attention = ATTENTIONS[network["attention"]]
    x = L.ReLU()(norm(conv(x, "stem.conv", widths[0]), "stem.norm"))
    for stage, width in enumerate(widths):
        for block in range(depth):
            at = f"stages.{stage}.{block}"
            stride = 2 if stage > 0 and block == 0 else 1
            y = L.ReLU()(norm(conv(x, f"{at}.conv1", width, 3, stride), f"{at}.norm1"))
            y = norm(conv(y, f"{at}.conv2", width), f"{at}.norm2")
            y = attention(y, f"{at}.attention", width)
            if stride != 1:
                x = norm(conv(x, f"{at}.shortcut.conv", width, 1, stride), f"{at}.shortcut.norm")
            x = L.ReLU()(L.Add()([x, y]))
    return L.Dense(10, name="head")(L.GlobalAveragePooling2D()(x))


class Positions(L.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], name="table")

    def call(self, x):
        return x + self.table


def attention(x, name, dim, heads):
    """Of tokens among themselves."""
    tokens, head_dim = x.shape[1], dim // heads

    def attend(packed):
        query, key, value = tf.unstack(tf.transpose(tf.reshape(packed, (-1, tokens, 3, heads, head_dim)), (2, 0, 3, 1, 4)))
        weights = tf.nn.softmax(tf.matmul(query * head_dim**-0.5, key, transpose_b=True))
        return tf.reshape(tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3)), (-1, tokens, dim))

    packed = L.Dense(3 * dim, name=f"{name}.queryKeyValue")(x)
    return L.Dense(dim, name=f"{name}.out")(L.Lambda(attend)(packed))


def layer_norm(x, name):
    return L.LayerNormalization(epsilon=1e-6, name=name)(x)


def vision_transformer(network, x):
    patch, dim = network["patch"], network["dim"]
    side = x.shape[1] // patch

    def patches(x):
        x = tf.reshape(x, (-1, side, patch, side, patch, 3))
        return tf.reshape(tf.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, side * side, patch * patch * 3))

    x = Positions(name="positions")(L.Dense(dim, name="patches")(L.Lambda(patches)(x)))
    for block in range(network["depth"]):
        at = f"blocks.{block}"
        x = L.Add()([x, attention(layer_norm(x, f"{at}.norm1"), f"{at}.attention", dim, network["heads"])])
        y = L.Dense(4 * dim, activation=tf.nn.gelu, name=f"{at}.mlp.expand")(layer_norm(x, f"{at}.norm2"))
        y = L.Dense(dim, name=f"{at}.mlp.project")(y)
        x = L.Add()([x, y])
    return L.Dense(10, name="head")(layer_norm(L.GlobalAveragePooling1D()(x), "norm"))


MAKERS = {"resNet20": residual_network, "visionTransformer": vision_transformer}
