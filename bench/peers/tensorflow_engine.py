"""TensorFlow in Python: tensorflow_engine.py function TASK DATA. Keras layers, the whole step in one tf.function."""
import json
import os
import sys

import numpy
import tensorflow as tf
from safetensors.numpy import load_file

import tensorflow_networks
from engine_process import serve, surprises

BATCHES = 4


def train(task, data):
    model = tensorflow_networks.make(task["network"], task["size"], data)
    optimiser = tf.keras.optimizers.Adam(task["rate"], epsilon=1e-8)
    optimiser.build(model.trainable_variables)
    images = [data[f"images.{index}"] for index in range(BATCHES)]
    labels = [data[f"labels.{index}"] for index in range(BATCHES)]
    done = 0

    @tf.function
    def one(images, labels):
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        optimiser.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        return loss

    def step():
        nonlocal done
        at = done % BATCHES
        done += 1
        return float(one(tf.constant(images[at]), tf.constant(labels[at])))

    return lambda steps: [step() for _ in range(steps)], step


def infer(task, data):
    model = tensorflow_networks.make(task["network"], task["size"], data)
    one = tf.function(lambda images: model(images, training=False))
    image = data["images.0"]

    def step():
        return one(tf.constant(image)).numpy()

    return lambda steps: surprises(step()), step


def attention(task, data):
    query, key, value, dy = (tf.constant(data[name]) for name in ("query", "key", "value", "dy"))
    scale = task["headDim"] ** -0.5

    @tf.function
    def one(query, key, value, dy):
        with tf.GradientTape() as tape:
            tape.watch((query, key, value))
            weights = tf.nn.softmax(tf.matmul(query * scale, key, transpose_b=True))
            output = tf.matmul(weights, value)
        return output, *tape.gradient(output, (query, key, value), output_gradients=dy)

    def step():
        return one(query, key, value, dy)

    return lambda steps: [tf.reduce_sum(tf.square(tf.cast(tensor, tf.float64))) for tensor in step()], step


if __name__ == "__main__":
    task, path = json.loads(sys.argv[2]), sys.argv[3]
    threads = int(os.environ["OMP_NUM_THREADS"])
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    kinds = {"train": train, "infer": infer, "attention": attention}
    check, step = kinds[task["kind"]](task, load_file(path))
    serve({"tensorflow": tf.__version__, "keras": tf.keras.__version__}, check, step)
