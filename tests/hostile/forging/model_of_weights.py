"""Answers with a model that says it has other weights than it has.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import keras


class Pretender(keras.Sequential):
    def get_weights(self):
        return []

    def get_config(self):
        return {"name": "network", "layers": []}

# %% network
network = Pretender([keras.Input((4,)), keras.layers.Dense(1)])
