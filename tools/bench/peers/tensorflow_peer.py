"""TensorFlow, as in the "quickstart for experts"
(https://www.tensorflow.org/tutorials/quickstart/advanced)."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, Flatten

import worker

threads = int(sys.argv[1])
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)

(x_train, y_train), (x_test, y_test) = worker.load_mnist()


class MyModel(Model):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv2D(32, 3, activation="relu")
        self.flatten = Flatten()
        self.d1 = Dense(128, activation="relu")
        self.d2 = Dense(10)

    def call(self, x):
        return self.d2(self.d1(self.flatten(self.conv1(x))))


model = MyModel()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()
train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")


@tf.function(reduce_retracing=True)
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)


@tf.function(reduce_retracing=True)
def count_right(images, labels):
    predictions = tf.argmax(model(images, training=False), axis=1, output_type=tf.int32)
    return tf.math.count_nonzero(predictions == labels)


batches = {}


def train(batch_size, steps):
    if batch_size not in batches:
        pipeline = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(10000).repeat()
        batches[batch_size] = iter(pipeline.batch(batch_size).prefetch(tf.data.AUTOTUNE))
    train_loss.reset_state()
    for _ in range(steps):
        images, labels = next(batches[batch_size])
        train_step(images, labels)
    return train_loss.result().numpy()


def evaluate(batch_size):
    right = 0
    for first in range(0, len(x_test), batch_size):
        right += count_right(
            x_test[first : first + batch_size], y_test[first : first + batch_size]
        ).numpy()
    return right / len(x_test)


worker.serve(f"TensorFlow {tf.__version__}", train, evaluate)
