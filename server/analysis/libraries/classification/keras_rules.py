"""Keras, 2 and 3: by namespace, with the exceptions named."""

from __future__ import annotations

from .. import symbols
from .verdicts import CONCRETE, FINITE, RANDOM, SYMBOLIC, UNCLASSIFIED, Verdict, first, forbidden, rules

_FILES = forbidden("reads or writes files, or downloads them")
_CODE = forbidden("makes objects of a config, which names code")
_PYTHON = forbidden("calls Python of the program")
_STATE = forbidden("sets or reads the state of the whole process")
_DEVICES = forbidden("talks to devices or other processes")
_OBJECT = forbidden("an object that is no tensor")
_SCREEN = forbidden("draws or prints")

_BY_NAME = rules(
    [
        # Configs first: whatever the namespace.
        (r"(.*\.)?(deserialize|serialize|get|from_config|deserialize_keras_object|serialize_keras_object|"
         r"model_from_\w+|get_custom_objects|get_registered_\w+|register_keras_serializable|CustomObjectScope|"
         r"custom_object_scope|enable_unsafe_deserialization|FeatureSpace)", _CODE),
        (r"(saving|export|legacy\.saving|datasets|experimental\.(export|terminate)\w*|premade\w*)(\..*)?", _FILES),
        (r"models\.(load_model|save_model|load_weights|save_weights)", _FILES),
        (r"(.*\.)?decode_predictions", _FILES),
        (r"utils\.(get_file|load_img|save_img|\w+_dataset_from_directory|HDF5Matrix|CustomObjectScope)", _FILES),
        (r"preprocessing(\.\w+)?\.(\w+_dataset_from_directory|load_img|save_img|.*Iterator|ImageDataGenerator|"
         r"Tokenizer|tokenizer_from_json|TimeseriesGenerator)", forbidden("reads files, or runs through data in Python")),
        (r"utils\.(plot_model|model_to_dot|Progbar|warmstart_embedding_matrix)|visualization\..*", _SCREEN),
        (r"utils\.(PyDataset|Sequence|SequenceEnqueuer|OrderedEnqueuer|GeneratorEnqueuer|get_source_inputs|Config|"
         r"experimental\..*|legacy\..*)", _OBJECT),
        (r"(callbacks|wrappers|scikit_learn|estimator)(\..*)?", forbidden("acts while a model is trained")),
        (r"(distribution|device|dtensor|experimental\..*)(\..*)?", _DEVICES),
        (r"(config|backend)\.(floatx|image_data_format|backend)", CONCRETE),  # as the program has set them
        (r"(config|mixed_precision|nnx)\..*", _STATE),
        (r"(backend|utils)\.(set_\w+|clear_session|reset_uids|get_uid|learning_phase\w*|manual_variable_\w+|"
         r"backend|epsilon|enable_interactive_logging|disable_interactive_logging|is_interactive_logging_enabled|"
         r"get_session|rnn|function|gradients|get_graph|experimental\..*|random_\w+_variable|disable_tf_random_generator|"
         r"enable_tf_random_generator|is_tf_random_generator_enabled|name_scope|get_value|batch_\wet_value|"
         r"update\w*|moving_average_update|print_tensor|eval|is_keras_tensor|variable|placeholder|is_placeholder|"
         r"count_params|map_fn|foldl|foldr|switch|in_train_phase|in_test_phase|ctc_decode|constant|"
         r"standardize_dtype|register_keras_serializable)", _STATE),
        (r"(name_scope|RematScope|StatelessScope|SymbolicScope|remat|Operation|Function|version|__version__)", _STATE),
        (r"(dtype_policies|quantizers\.(GPTQConfig|AWQConfig|Quantizer|QuantizationConfig)|distillation|Quantizer|DTypePolicy|FloatDTypePolicy|"
         r"InputSpec|layers\.InputSpec|Optimizer|Initializer|Regularizer|Metric)(\..*)?", _OBJECT),
        # Classes that load code, or run Python of the program in ways that the stubs do not cover.
        (r"layers\.(TFSMLayer|TorchModuleWrapper|JaxLayer|FlaxLayer|NNXLayer|.*Module\w*Wrapper)",
         forbidden("loads a model of another library")),
        (r"layers\.Lambda|ops\.(custom_gradient|vectorize|shard_map)", _PYTHON),
        # What calls the functions that it is given: the stub of a function of the program is the bridge's matter.
        (r"ops\.(map|scan|cond|switch|associative_scan|vectorized_map)", FINITE),
        (r"ops\.(while_loop|fori_loop)", SYMBOLIC),
        (r"tree\.(map_\w+|traverse)", SYMBOLIC),
        (r"tree\.MAP_TO_NONE", _OBJECT),
        (r"models\.(clone_model|experimental\.\w+)", SYMBOLIC),
        (r"optimizers\.(\w*Map|MultiOptimizer)|optimizers\.legacy\..*|optimizers\.experimental\..*", SYMBOLIC),
        (r"Variable|KerasTensor|Sequential|Model|Input|models\.(Sequential|Model)|layers\.Input", SYMBOLIC),
        (r"Layer|Loss", SYMBOLIC),
        (r"random\.SeedGenerator", SYMBOLIC),
        (r"utils\.(split_dataset|timeseries_dataset_from_array|unpack_x_y_sample_weight|pack_x_y_sample_weight)",
         SYMBOLIC),
        (r"preprocessing\.(timeseries_dataset_from_array|sequence\.skipgrams|sequence\.make_sampling_table)", SYMBOLIC),
    ]
)  # fmt: skip
#: Namespaces whose functions compute; their classes (layers, losses, metrics) are asked in graphs.
_PURE = (
    "activations",
    "applications",
    "backend",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "ops",
    "optimizers",
    "preprocessing",
    "quantizers",
    "random",
    "regularizers",
    "tree",
    "utils",
)
#: Of those, the ones whose functions may be run for real.
_CONCRETE = ("activations", "layers", "losses", "metrics", "ops", "utils", "preprocessing", "backend", "tree")


def classify_keras(rest: str) -> Verdict:
    """Return the verdict on `keras.<rest>` (or `tf_keras.<rest>`, which is Keras 2)."""
    last = rest.rpartition(".")[2]
    found = first(_BY_NAME, rest)
    if found is not None:
        return found
    if any(part[:1].isupper() for part in rest.split(".")[:-1]):
        return forbidden("a method of a class, called without an object")
    namespace = rest.partition(".")[0]
    if "." not in rest or namespace not in _PURE:
        return UNCLASSIFIED
    if namespace == "applications":
        return SYMBOLIC if last[0].isupper() else CONCRETE
    if namespace == "random":
        return RANDOM
    return CONCRETE if namespace in _CONCRETE and not last[0].isupper() else SYMBOLIC


def is_keras(name: str) -> bool:
    """Say whether a canonical name is one of Keras's."""
    return name.startswith(("keras.", "tf_keras.", "tensorflow.keras."))


def makes_models(name: str) -> bool:
    """Say whether a function makes a model of Keras: it is kept by the recipe, like what a class makes."""
    entry = symbols.resolve(name)
    if entry is None or entry.kind != "function" or not is_keras(name):
        return False
    last = name.rpartition(".")[2]
    return (".applications." in name and last[0].isupper()) or name.endswith("models.clone_model")
