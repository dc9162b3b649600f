"""What the notebooks import: data, figures, training tools and checks.

Import it before Keras: it asks TensorFlow for errors only, because its start-up
notes would fill the notebooks. The loaders in ``helpers.data`` do without Keras.
"""

import logging
import os

# TensorFlow reads both once, when it is first imported; both are needed for silence.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Its advice on retracing would fill short notebooks that train many models. A filter, because
# TensorFlow sets the level of its logger anew when it is imported.
logging.getLogger("tensorflow").addFilter(lambda record: record.levelno >= logging.ERROR)
