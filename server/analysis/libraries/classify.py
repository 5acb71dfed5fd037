"""Which public objects may be asked, and how far.

A rule, not a list of functions: a namespace is pure or it is not, with the exceptions named. `symbolic` may be called
inside a scratch graph, where no op is executed; `executable` may also be run for real on small values (constant
folding, eager confirmation); everything else has a model or is unknown. A second wall stands behind this one:
nothing is run for real whose graph holds an op that reads, writes, prints, draws random numbers or calls Python.
"""

from __future__ import annotations

import functools
import re

#: TensorFlow namespaces whose functions compute and do nothing else.
_TENSORFLOW_PURE = [
    "audio",
    "bitwise",
    "dtypes",
    "image",
    "linalg",
    "math",
    "nest",
    "nn",
    "quantization",
    "ragged",
    "random",
    "sets",
    "signal",
    "sparse",
    "strings",
    "experimental.numpy",
]
#: Names right under `tensorflow` that touch files, processes, devices, Python or global state.
_TENSORFLOW_ROOT_NOT = re.compile(
    r"(load_library|load_op_library|py_function|numpy_function|print|device|init_scope|function|Graph|Module|"
    r"control_dependencies|custom_gradient|recompute_grad|register_tensor_conversion_function|get_logger|"
    r"GradientTape|VariableAggregation|VariableSynchronization|CriticalSection|name_scope|variable_creator_scope|"
    r"no_gradient|stop|grad_pass_through|inside_function|executing_eagerly|Assert|TensorArray|RegisterGradient|"
    r"import_graph_def|load_file_system_library|DeviceSpec|Operation|"
    # What asks how its arguments came about: stand-ins have no history.
    r"gradients|hessians|get_static_value|is_symbolic_tensor)"
)
#: Names in pure namespaces that read files, or set what every later call goes by.
_TENSORFLOW_NOT = re.compile(
    r"(set_seed|seed|set_global_generator|get_global_generator|experimental_enable_numpy_behavior|"
    r"quantize_saved_model|TfRecordRepresentativeDatasetSaver|RNNCellDeviceWrapper)"
)
_NUMPY_NOT = re.compile(
    r"(load|save|savez|savez_compressed|loadtxt|savetxt|genfromtxt|fromregex|fromfile|fromfunction|fromiter|frompyfunc|"
    r"frombuffer|vectorize|memmap|apply_along_axis|apply_over_axes|piecewise|set_printoptions|seterr|seterrcall|"
    r"setbufsize|errstate|printoptions|get_include|show_config|show_runtime|info|nditer|ndenumerate|ndindex|test|"
    r"DataSource|lookfor|source|who|disp|deprecate|copyto|put|place|putmask|put_along_axis|fill_diagonal|"
    r"einsum_path|may_share_memory|shares_memory|array2string|array_repr|array_str|seed|set_state|get_state|shuffle|"
    r"RandomState|Generator|default_rng|bytes|test|flatiter|recarray|matrix|bmat|mat|asmatrix|recfromcsv|recfromtxt|"
    r"histogramdd|histogram2d|set_bit_generator|get_bit_generator|set_string_function|set_numeric_ops|seterrobj|add_docstring|add_newdoc|"
    r"add_newdoc_ufunc|safe_eval|nested_iters|set_fill_value|fromstring)"
)
_NUMPY_MODULES = ("random", "linalg", "fft", "ma", "char", "strings")
_KERAS_PURE = [
    "activations",
    "constraints",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "ops",
    "optimizers",
    "regularizers",
    "random",
]
#: Keras classes that load code or files, or run Python of the user's in ways the stubs do not cover.
_KERAS_NOT = re.compile(
    r"(TFSMLayer|TorchModuleWrapper|JaxLayer|FlaxLayer|Lambda|deserialize|serialize|get|custom_gradient|"
    r"HashedCrossing|FeatureSpace|MelSpectrogram|while_loop|fori_loop|map|scan|cond|switch|associative_scan)"
)
#: TensorFlow functions that call a function of the user's while they trace.
_CALLBACKS = frozenset(
    [
        "tensorflow.map_fn",
        "tensorflow.vectorized_map",
        "tensorflow.scan",
        "tensorflow.foldl",
        "tensorflow.foldr",
        "tensorflow.cond",
        "tensorflow.case",
        "tensorflow.switch_case",
        "tensorflow.while_loop",
    ]
)
_DATASET_METHODS = frozenset(
    [
        "map",
        "filter",
        "batch",
        "padded_batch",
        "ragged_batch",
        "shuffle",
        "repeat",
        "cache",
        "prefetch",
        "take",
        "skip",
        "enumerate",
        "unbatch",
        "rebatch",
        "window",
        "flat_map",
        "interleave",
        "concatenate",
        "with_options",
        "zip",
        "from_tensor_slices",
        "from_tensors",
        "range",
    ]
)
#: What reads or decodes: in a scratch graph nothing is read.
_CODECS = re.compile(
    r"io\.(read_file|is_jpeg|extract_jpeg_shape|parse_tensor|serialize_tensor|"
    r"decode_(jpeg|png|image|bmp|gif|raw|csv|base64|compressed|and_crop_jpeg|json_example)|encode_(jpeg|png|base64))"
)
#: Ops that are never run for real.
_OP_NEVER = re.compile(
    r"(File|Print|PyFunc|Save|Restore|Summary|Queue|Reader|Iterator|Dataset|HashTable|Stack|Barrier|Session|"
    r"RemoteCall|Send|Recv|Stage|Checkpoint|Decode(Wav|Audio|Gif|Video)|AudioSummary|Random|Multinomial|Resource|Var)"
)


@functools.cache
def classify(name: str) -> str:
    """Return `executable`, `symbolic` or `unknown` for a canonical public name.

    `tensorflow.data.Dataset.map` and its like are `symbolic`; operators (`operator.add`) are `executable`.
    """
    root, _, rest = name.partition(".")
    if root == "operator":
        return "executable"
    last = name.rpartition(".")[2]
    if root == "numpy":
        module = rest.rpartition(".")[0]
        if _NUMPY_NOT.fullmatch(last) or last.startswith("_") or (module and module not in _NUMPY_MODULES):
            return "unknown"  # ndarray.tofile is a public name too: no methods of classes
        return "symbolic" if rest.startswith("random.") else "executable"
    if root in ("keras", "tf_keras"):
        return _classify_keras(rest, last)
    if root == "tensorflow":
        return _classify_tensorflow(rest, last)
    return "unknown"


def _classify_keras(rest: str, last: str) -> str:
    if rest in ("Sequential", "Model", "Input", "models.Sequential", "models.Model", "layers.Input"):
        return "symbolic"
    if rest in ("utils.to_categorical", "utils.normalize"):
        return "executable"
    namespace = rest.partition(".")[0]
    if namespace not in _KERAS_PURE or _KERAS_NOT.fullmatch(last) or _of_class(rest):
        return "unknown"
    return (
        "executable"
        if namespace in ("activations", "losses", "ops", "metrics") and not last[0].isupper()
        else "symbolic"
    )


def _classify_tensorflow(rest: str, last: str) -> str:
    if rest.startswith("compat.v1."):
        rest = rest.removeprefix("compat.v1.")
        if _TENSORFLOW_ROOT_NOT.fullmatch(last) or ("." in rest and rest.partition(".")[0] not in _TENSORFLOW_PURE):
            return "unknown"
        if _TENSORFLOW_NOT.fullmatch(last) or _of_class(rest):
            return "unknown"
        return "symbolic" if re.fullmatch(r"[a-z_0-9.]+", rest) and not _V1_NOT.fullmatch(last) else "unknown"
    if f"tensorflow.{rest}" in _CALLBACKS:
        return "symbolic"
    if rest in ("data.Dataset.from_tensor_slices", "data.Dataset.from_tensors", "data.Dataset.range"):
        return "executable"
    if rest.startswith("data.Dataset."):
        return "symbolic" if last in _DATASET_METHODS else "unknown"
    if rest.startswith(("RaggedTensor.", "SparseTensor.")) or rest in ("SparseTensor", "TensorSpec", "TensorShape"):
        return "symbolic"
    if rest == "Variable":
        return "symbolic"
    if _CODECS.fullmatch(rest):
        return "symbolic"
    if "." not in rest:
        return "unknown" if _TENSORFLOW_ROOT_NOT.fullmatch(last) else "executable"
    for namespace in _TENSORFLOW_PURE:
        if rest.startswith(namespace + "."):
            if _TENSORFLOW_NOT.fullmatch(last) or _of_class(rest):
                return "unknown"
            return "symbolic" if namespace == "random" else "executable"
    return "unknown"


_V1_NOT = re.compile(
    r"(enable_.*|disable_.*|Session|InteractiveSession|get_variable|variable_scope|placeholder.*|global_.*|"
    r"assign.*|scatter_.*|read_file|write_file|matching_files|while_loop|cond|case|map_fn|py_func|Print|set_random_seed|"
    r"reset_default_graph|get_default_graph|trainable_variables|all_variables|.*_initializer|add_.*|get_.*|"
    r"import_graph_def|local_variables|model_variables|moving_average_variables|report_uninitialized_variables|"
    r"tables_initializer|wrap_function|name_scope|op_scope|device|colocate_with|control_dependencies|.*_summary)"
)


def _of_class(rest: str) -> bool:
    """Say whether a name is a method of a class: `layers.Lambda.from_config` runs code that the program brings."""
    return any(part[:1].isupper() for part in rest.split(".")[:-1])


def takes_callbacks(name: str) -> bool:
    """Say whether a public function calls functions of the user's while it traces."""
    return name in _CALLBACKS or name.startswith("tensorflow.data.Dataset.")


def may_execute(op_types: set[str]) -> bool:
    """Say whether a graph with these op types may be run for real."""
    return not any(_OP_NEVER.search(op) for op in op_types)


def numpy_random(name: str) -> bool:
    """Say whether a NumPy function draws random numbers: its values are never kept."""
    return name.startswith("numpy.random.")
