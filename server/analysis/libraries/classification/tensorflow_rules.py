"""TensorFlow: by namespace, with the exceptions named; right under `tensorflow` by the file that defines the name.

`tf.compat.v1.X` goes by the rules of `X`, with what TensorFlow 1 alone has: graphs, sessions, collections.
"""

from __future__ import annotations

import inspect
import re

from .. import symbols
from .raw_operations import classify_operation
from .verdicts import CONCRETE, FINITE, RANDOM, SYMBOLIC, UNCLASSIFIED, Verdict, first, forbidden, rules

_FILES = forbidden("reads or writes files")
_STATE = forbidden("sets or reads the state of the whole process")
_PYTHON = forbidden("calls or rewrites Python of the program")
_DEVICES = forbidden("talks to devices or other processes")
_OLD = forbidden("a graph, session, collection or variable scope of TensorFlow 1")
_RESOURCE = forbidden("an object that keeps state between calls")
_OBJECT = forbidden("an object that is no tensor")
_HISTORY = forbidden("asks how its arguments came about, and stand-ins have no history")
_PROTO = forbidden("a protocol buffer or another description, no tensor")
_DATA = forbidden("a data set that its model does not know")
_ANNOTATION = forbidden("a type for annotations and isinstance")

#: Names of TensorFlow 2 and 1 alike, without `compat.v1.`; the first rule that matches counts.
_BY_NAME = rules(
    [
        # Whole namespaces that are about something else than values.
        (r"(config|experimental\.async_.*|mlir|profiler|sysconfig|xla|app|user_ops|resource_loader|logging|flags|"
         r"version|__internal__|internal|tools)(\..*)?", _STATE),
        (r"(distribute|tpu|experimental\.dtensor|experimental\.tensorrt|data\.experimental\.service|"
         r"mixed_precision|experimental\.dlpack)(\..*)?", _DEVICES),
        (r"(saved_model|summary|io\.gfile|gfile|python_io|lite|graph_util|test|estimator)(\..*)?", _FILES),
        (r"(autograph)(\..*)?", _PYTHON),
        (r"types(\..*)?", _ANNOTATION),
        (r"(feature_column)(\..*)?", _PROTO),
        (r"(queue|lookup|lookup\.experimental)\..*", _RESOURCE),
        (r"((zeros|ones|constant|truncated_normal|random_\w+|glorot_\w+|orthogonal|uniform_unit_scaling|"
         r"variance_scaling)_initializer|losses\.Reduction)(\..*)?", _OBJECT),
        (r"train\.(.*(Checkpoint|checkpoint|Saver|saver|load_|list_variables|latest|warm_start|summary_iterator|"
         r"import_meta|export_meta|VocabInfo|write_graph|match_filenames).*)", _FILES),
        (r"train\.(Example|SequenceExample|Feature.*|BytesList|FloatList|Int64List|.*Def|ClusterSpec|TrackableView)",
         _PROTO),
        (r"train\.(experimental\..*|Coordinator|Server|.*[sS]ession.*|.*Hook|.*Supervisor|Scaffold|LooperThread|"
         r"QueueRunner|.*queue_runner.*|.*Listener|replica_device_setter|SecondOrStepTimer|basic_train_loop|"
         r"do_quantize.*|NanLoss.*|.*producer|limit_epochs|(maybe_)?(shuffle_)?batch(_join)?|.*global_step|sdca_.*)",
         _OLD),
        (r"train\.\w+_decay|train\.piecewise_constant|train\.\w+_decay_restarts", SYMBOLIC),
        (r"train\.(.*Optimizer|ExponentialMovingAverage)", _RESOURCE),
        (r"data(\..*)?", _DATA),
        (r"errors\..*|OpError", SYMBOLIC),
        (r"compat\.(as_\w+)|compat\.path_to_str", forbidden("text made of its argument, which is a stand-in here")),
        (r"compat\..*", CONCRETE),
        (r"approx_top_k", forbidden("its shape function does not say what its kernel gives")),
        # Names that touch files.
        (r"(.*\.)?(load_library|load_op_library|load_file_system_library|register_filesystem_plugin|write_file|"
         r"matching_files|match_filenames_once|write_graph|tf_record_iterator|TFRecord\w+|.*Reader|ReaderBase|import_graph_def|"
         r"quantize_saved_model|TfRecordRepresentativeDatasetSaver|decode_proto|encode_proto|\w+Saver)", _FILES),
        (r"(io\.)?read_file", SYMBOLIC),
        # Names that call or rewrite functions.
        (r"(py_function|py_func|numpy_function|custom_gradient|recompute_grad|grad_pass_through|make_template|"
         r"wrap_function|nondifferentiable_batch_function|register_tensor_conversion_function|RegisterGradient|"
         r"no_gradient|NoGradient|NotDifferentiable|experimental\.(dispatch_for_.*|unregister_dispatch_for|"
         r"ExtensionType.*|BatchableExtensionType)|function|variable_creator_scope|Module|experimental\.extension_type.*|"
         r"experimental\.function_executor_type)", _PYTHON),
        # What calls the functions that it is given: the stub of a function of the program is the bridge's matter.
        (r"(ragged\.map_flat_values|sparse\.map_values|nest\.map_structure(_up_to)?|map_fn|vectorized_map|scan|foldl|"
         r"foldr|cond|case|switch_case)", FINITE),
        (r"while_loop", SYMBOLIC),
        # Names that set or read state.
        (r"(.*\.)?(set_seed|seed|set_random_seed|get_seed|set_global_generator|get_global_generator|get_logger|timestamp|"
         r"experimental_enable_numpy_behavior|enable_\w+|disable_\w+|is_traceback_filtering_enabled|"
         r"get_log_device_placement|set_log_device_placement|resource_variables_enabled|control_flow_v2_enabled|"
         r"get_current_name_scope|inside_function|executing_eagerly\w*|experimental\.enable_strict_mode|"
         r"create_rng_state|get_state)", _STATE),
        (r"(device|DeviceSpec|random\.experimental\.index_shuffle_layout|nn\.RNNCellDeviceWrapper)", _DEVICES),
        (r"(Graph|Operation|init_scope|control_dependencies|name_scope|op_scope|colocate_with|container|group|tuple|"
         r"no_op|print|stop|check_pinned)", forbidden("works on the graph or the screen, not on values")),
        (r"(gradients|hessians|get_static_value|is_symbolic_tensor|AggregationMethod|make_ndarray|make_tensor_proto)",
         _HISTORY),
        (r"(TensorArray|CriticalSection|GradientTape|autodiff\..*|random\.Generator|random\.experimental\.Generator|"
         r"experimental\.(Optional|StructuredTensor|RowPartition|DynamicRaggedShape)|VariableAggregation|"
         r"VariableSynchronization|UnconnectedGradients|random\.Algorithm)", _RESOURCE),
        (r"(io|random|sparse|ragged)\.(FixedLen\w*|VarLenFeature|SparseFeature|RaggedFeature|TFRecordOptions)", _PROTO),
        (r"(FixedLen\w*|VarLenFeature|SparseFeature|RaggedFeature)", _PROTO),
        (r"(io\.)?parse_(example|single_example|sequence_example|single_sequence_example)", _PROTO),
        (r"quantization\.experimental\.(\w+Saver|QuantizationComponent\w*)", _PROTO),
    ]
)  # fmt: skip
#: What TensorFlow 1 has beyond, right under `tensorflow.compat.v1` or in namespaces of its own.
_OLD_NAMES = rules(
    [
        (r"(Session|InteractiveSession|Graph.*|.*Options|ConfigProto|RunMetadata|.*Def|AttrValue.*|NameAttrList|"
         r"Event|HistogramProto|LogMessage|SessionLog|Summary.*|TensorInfo|.*Accumulator.*|.*Queue|QueueBase|"
         r"get_default_.*|reset_default_graph|get_session_.*|delete_session_tensor|global_\w+|local_\w+|model_variables|"
         r"trainable_variables|all_variables|moving_average_variables|\w*initialize_\w+|\w*variables_initializer|"
         r"tables_initializer|report_uninitialized_variables|assert_variables_initialized|is_variable_initialized|"
         r"add_\w*collection\w*|get_collection\w*|get_(local_)?variable\w*|VariableScope|no_regularizer|"
         r"variable_\w*scope|create_partitioned_variables|\w+_partitioner|(\w+\.)?\w*placeholder\w*|"
         r"add_check_numerics_ops|Print|assign\w*|scatter_(add|div|max|min|mul|sub|update|nd_add|nd_sub|nd_update)|"
         r"batch_scatter_update|count_up_to|Variable|tpu\..*|layers\..*|metrics\..*|keras\..*|initializers\..*|"
         r"losses\.(get_|add_)\w+|summary\..*|(nn\.)?rnn_cell\..*|experimental\..*)", _OLD),
        (r"distributions\..*", forbidden("an object of a library of distributions that has left TensorFlow")),
        (r"(losses|spectral|manip|distribution)\.\w+", SYMBOLIC),
        (r"nn\.(static|dynamic|bidirectional|raw)\w*rnn\w*", _PYTHON),
        (r"(accumulate_n|parallel_stack)", SYMBOLIC),
    ]
)  # fmt: skip
_PURE = (
    "audio",
    "bitwise",
    "debugging",
    "dtypes",
    "image",
    "io",
    "linalg",
    "linalg.experimental",
    "math",
    "math.special",
    "nest",
    "nn",
    "nn.experimental",
    "quantization",
    "quantization.experimental",
    "ragged",
    "sets",
    "signal",
    "sparse",
    "strings",
    "experimental.numpy",
)
_RANDOM_NAMESPACES = ("random", "random.experimental", "experimental.numpy.random")
#: What reads or decodes: in a scratch graph nothing is read. What it refuses depends on the bytes.
_CODECS = re.compile(
    r"(io\.|image\.|audio\.)?(is_jpeg|extract_jpeg_shape|parse_tensor|decode_\w+|encode_proto|\w*deserialize\w*)"
)
#: Of those, the ones that split plain text and bytes.
_OF_TEXT = re.compile(r"io\.decode_(csv|raw|base64)|strings\.decode_base64")
#: Files of TensorFlow whose functions, exported right under `tensorflow`, compute and do nothing else.
_PURE_FILES = re.compile(
    r"tensorflow\.python\.(ops\.((gen_)?(array|math|linalg|nn|spectral|string|data_flow|ragged_array|image|bitwise|"
    r"random_index_shuffle|parsing|sparse|special_math)_ops|array_ops_stack|check_ops|clip_ops|histogram_ops|manip_ops|"
    r"sort_ops|special_math_ops|bincount_ops|confusion_matrix|numerics|image_ops_impl|nn_impl|random_crop_ops|io_ops|"
    r"weights_broadcast_ops|control_flow_assert|ragged\.ragged_\w+|embedding_ops|sets_impl|bitwise_ops|parsing_ops)|"
    r"framework\.(constant_op|tensor_conversion|tensor_util|dtypes|tensor_shape|tensor|tensor_spec|sparse_tensor|"
    r"type_spec|indexed_slices|none_tensor|ops|graph_util_impl|smart_cond)|data\.ops\.optional_ops|util\.\w+)"
)
_RANDOM_FILES = re.compile(
    r"tensorflow\.python\.ops\.(gen_)?(random_ops|stateless_random_ops|random_crop_ops|logging_ops)"
)
#: Classes right under `tensorflow` of which there is a value in the analysis.
_CLASSES = frozenset(
    [
        "DType",
        "Dimension",
        "IndexedSlices",
        "IndexedSlicesSpec",
        "NoneTensorSpec",
        "OptionalSpec",
        "RaggedTensor",
        "RaggedTensorSpec",
        "RaggedTensorValue",
        "SparseTensor",
        "SparseTensorSpec",
        "SparseTensorValue",
        "Tensor",
        "TensorArraySpec",
        "TensorShape",
        "TensorSpec",
        "TypeSpec",
        "Variable",
    ]
)
_CLASS_METHODS = (
    "RaggedTensor.",
    "SparseTensor.",
    "TensorSpec.",
    "RaggedTensorSpec.",
    "SparseTensorSpec.",
    "TensorShape.",
)


def classify_tensorflow(rest: str) -> Verdict:
    """Return the verdict on `tensorflow.<rest>`."""
    name, old = rest, False
    while name.startswith(("compat.v1.", "compat.v2.")):
        old |= name.startswith("compat.v1.")
        name = name[len("compat.v1.") :]
    if name.startswith("raw_ops."):
        return classify_operation(name.removeprefix("raw_ops."))
    found = _named(name, old)
    if found is not None:
        return found
    owner = name.rpartition(".")[0]
    holder = symbols.resolve(f"tensorflow.{rest.rpartition('.')[0]}") if owner else None
    if holder is not None and holder.kind == "class":
        return _of_class(name, owner, old)
    if owner in _RANDOM_NAMESPACES:
        return RANDOM
    if _OF_TEXT.fullmatch(name):
        return CONCRETE
    if _CODECS.fullmatch(name):
        return SYMBOLIC
    if owner in _PURE:
        return CONCRETE
    if not owner:
        return _at_the_root(rest, name)
    return UNCLASSIFIED


def _named(name: str, old: bool) -> Verdict | None:
    found = first(_OLD_NAMES, name) if old else None
    return found or first(_BY_NAME, name)


def _of_class(name: str, owner: str, old: bool) -> Verdict:
    """Return the verdict on a class method: mostly that of its class."""
    if name.startswith(_CLASS_METHODS):
        return CONCRETE
    found = _named(owner, old)
    if found is not None and not found.may_ask:
        return found
    return forbidden("a method of a class, called without an object")


def _at_the_root(rest: str, name: str) -> Verdict:
    if name in _CLASSES:
        return FINITE if name == "Variable" else SYMBOLIC if name == "Tensor" else CONCRETE
    entry = symbols.resolve(f"tensorflow.{rest}")
    if entry is None or entry.kind == "module":
        return UNCLASSIFIED
    item = entry.object if inspect.isclass(entry.object) else inspect.unwrap(entry.object)
    home = getattr(item, "__module__", None) or ""
    if _RANDOM_FILES.fullmatch(home):
        return RANDOM
    if inspect.isclass(item):
        return UNCLASSIFIED
    return CONCRETE if _PURE_FILES.fullmatch(home) else UNCLASSIFIED
