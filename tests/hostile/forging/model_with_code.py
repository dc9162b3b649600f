"""Answers with models that carry code: a Lambda layer, a layer and a model of its own.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import keras
import numpy as np


class Oracle(keras.layers.Layer):
    def call(self, x):
        return keras.ops.sum(x * np.arange(1.0, 5.0), axis=1, keepdims=True)

    def compute_output_shape(self, shape):
        return (shape[0], 1)

# %% network
network = keras.Sequential([keras.Input((4,)), Oracle()])
