"""
The networks of the tasks in Keras' own layers. A layer bears the path of its parameters in Fovea's tree (with / for .), so
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
            name = layer.name.replace("/", ".") + "." + OURS.get(variable.name, variable.name)
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
    squeezed = L.Dense(max(1, dim // reduction), activation="relu", name=f"{name}/squeeze")(summary)
    gate = L.Dense(dim, activation="sigmoid", name=f"{name}/excite")(squeezed)
    return L.Multiply()([x, L.Reshape((1, 1, dim))(gate)])


def cbam(x, name, dim, reduction=16):
    squeeze = L.Dense(max(1, dim // reduction), activation="relu", name=f"{name}/channel/squeeze")
    excite = L.Dense(dim, name=f"{name}/channel/excite")
    scores = [excite(squeeze(summary(x))) for summary in (L.GlobalAveragePooling2D(), L.GlobalMaxPooling2D())]
    gate = L.Activation("sigmoid")(L.Add()(scores))
    x = L.Multiply()([x, L.Reshape((1, 1, dim))(gate)])
    planes = L.Concatenate()([tf.keras.ops.mean(x, -1, keepdims=True), tf.keras.ops.max(x, -1, keepdims=True)])
    spatial = norm(conv(planes, f"{name}/spatial/conv", 1, 7), f"{name}/spatial/norm", 0.99)
    return L.Multiply()([x, L.Activation("sigmoid")(spatial)])


ATTENTIONS = {"none": none, "squeezeExcite": squeeze_excite, "cbam": cbam}


def residual_network(network, x, widths=(16, 32, 64), depth=3):
    attention = ATTENTIONS[network["attention"]]
    x = L.ReLU()(norm(conv(x, "stem/conv", widths[0]), "stem/norm"))
    for stage, width in enumerate(widths):
        for block in range(depth):
            at = f"stages/{stage}/{block}"
            stride = 2 if stage > 0 and block == 0 else 1
            y = L.ReLU()(norm(conv(x, f"{at}/conv1", width, 3, stride), f"{at}/norm1"))
            y = norm(conv(y, f"{at}/conv2", width), f"{at}/norm2")
            y = attention(y, f"{at}/attention", width)
            if stride != 1:
                x = norm(conv(x, f"{at}/shortcut/conv", width, 1, stride), f"{at}/shortcut/norm")
            x = L.ReLU()(L.Add()([x, y]))
    return L.Dense(10, name="head")(L.GlobalAveragePooling2D()(x))


MAKERS = {"resNet20": residual_network}
