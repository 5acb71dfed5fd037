"""What may be run: no file, process, network, Python function or global state is reached by a name that may."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from server.analysis.libraries import symbols
from server.analysis.libraries.classify import classify, may_execute
from server.analysis.libraries.exported import exported as exported_names
from server.analysis.libraries.outcome import NotKnown, Returned
from server.analysis.values import FunctionValue, Symbol

from .conftest import Asker

NEVER = [
    "tensorflow.io.write_file",
    "tensorflow.io.gfile.GFile",
    "tensorflow.io.gfile.remove",
    "tensorflow.io.TFRecordWriter",
    "tensorflow.io.matching_files",
    "tensorflow.io.gfile.glob",
    "tensorflow.saved_model.load",
    "tensorflow.saved_model.save",
    "tensorflow.train.Checkpoint",
    "tensorflow.keras.models.load_model",
    "tensorflow.load_op_library",
    "tensorflow.load_library",
    "tensorflow.compat.v1.load_file_system_library",
    "tensorflow.py_function",
    "tensorflow.numpy_function",
    "tensorflow.compat.v1.py_func",
    "tensorflow.print",
    "tensorflow.summary.create_file_writer",
    "tensorflow.summary.scalar",
    "tensorflow.profiler.experimental.start",
    "tensorflow.distribute.MirroredStrategy",
    "tensorflow.config.experimental_connect_to_cluster",
    "tensorflow.device",
    "tensorflow.random.set_seed",
    "tensorflow.random.set_global_generator",
    "tensorflow.compat.v1.set_random_seed",
    "tensorflow.compat.v1.random.set_global_generator",
    "tensorflow.compat.v1.disable_eager_execution",
    "tensorflow.compat.v1.get_variable",
    "tensorflow.compat.v1.placeholder",
    "tensorflow.compat.v1.train.Supervisor",
    "tensorflow.experimental.numpy.experimental_enable_numpy_behavior",
    "tensorflow.register_tensor_conversion_function",
    "tensorflow.data.Dataset.from_generator",
    "tensorflow.quantization.experimental.quantize_saved_model",
    "tensorflow.import_graph_def",
    "tensorflow.RegisterGradient",
    "tensorflow.custom_gradient",
    "tensorflow.raw_ops.ReadFile",
    "tensorflow.io.decode_proto",
    "keras.utils.get_file",
    "keras.utils.plot_model",
    "keras.saving.load_model",
    "keras.models.load_model",
    "keras.models.save_model",
    "keras.layers.Lambda.from_config",
    "keras.layers.Dense.from_config",
    "keras.layers.TFSMLayer",
    "keras.layers.deserialize",
    "keras.optimizers.deserialize",
    "keras.metrics.get",
    "keras.applications.resnet50.decode_predictions",
    "keras.callbacks.ModelCheckpoint",
    "keras.datasets.mnist.load_data",
    "keras.backend.set_floatx",
    "keras.backend.clear_session",
    "keras.mixed_precision.set_global_policy",
    "keras.config.set_floatx",
    "keras.utils.set_random_seed",
    "numpy.load",
    "numpy.save",
    "numpy.savez",
    "numpy.savetxt",
    "numpy.loadtxt",
    "numpy.genfromtxt",
    "numpy.fromfile",
    "numpy.memmap",
    "numpy.ndarray.tofile",
    "numpy.ndarray.dump",
    "numpy.generic.tofile",
    "numpy.DataSource",
    "numpy.random.seed",
    "numpy.random.set_state",
    "numpy.random.set_bit_generator",
    "numpy.seterr",
    "numpy.set_printoptions",
    "numpy.setbufsize",
    "numpy.fromfunction",
    "numpy.vectorize",
    "numpy.apply_along_axis",
    "numpy.frompyfunc",
    "numpy.test",
    "numpy.recfromcsv",
    "numpy.recfromtxt",
    "numpy.set_string_function",
    "numpy.add_newdoc",
    "numpy.add_docstring",
    "numpy.set_numeric_ops",
    "numpy.seterrobj",
    "numpy.safe_eval",
    "os.system",
    "builtins.eval",
    "subprocess.run",
]

#: Words of names that touch the world outside, whatever the release brings.
SUSPECT = re.compile(
    r"(^|_)(load|save|read|write|file|files|path|url|download|open|dump|exec|eval|import|deserialize|subprocess|process|"
    r"thread|session|device|py|callback|register|seed|printoptions|docstring|newdoc|library|checkpoint|summary|"
    r"profiler|logging|debugger|breakpoint|pickle|marshal|system|shell|socket|server|cluster)(_|$)"
)
#: Suspects that were looked at, and why they may be asked.
LOOKED_AT = {
    "read_file": "in a scratch graph nothing is read: a test of its own",
    "get_printoptions": "reads a setting of NumPy's",
    "deserialize_many_sparse": "an op on strings, in graphs alone",
    "flatten_with_path": "paths within a structure",
    "path_to_str": "text",
    "list_files": "in a scratch graph nothing is listed: a test of its own",
    "from_seed": "a generator of random numbers",
    "TextFileInitializer": "reads when a table is filled by it, which is done without it",
    "delete_session_tensor": "an op of TensorFlow 1, in graphs alone",
}

REGULAR = [
    "tensorflow.matmul",
    "tensorflow.zeros",
    "tensorflow.linalg.matmul",
    "tensorflow.math.reduce_sum",
    "tensorflow.one_hot",
    "tensorflow.cast",
    "tensorflow.nn.softmax",
    "tensorflow.strings.split",
    "tensorflow.image.resize",
    "tensorflow.signal.fft",
    "keras.layers.Dense",
    "keras.Sequential",
    "keras.losses.MeanSquaredError",
    "keras.optimizers.Adam",
    "keras.utils.to_categorical",
    "numpy.zeros",
    "numpy.linalg.inv",
    "numpy.random.normal",
    "operator.add",
]


def public_callables() -> list[tuple[str, symbols.Entry]]:
    """Return every callable that the libraries export, by each of its names."""
    return [(alias, symbols.resolve(alias)) for item in exported_names() for alias in item.aliases]


@pytest.fixture(scope="module")
def exported() -> list[tuple[str, symbols.Entry]]:
    return public_callables()


@pytest.mark.parametrize("name", NEVER)
def test_what_reaches_outside_is_never_run(name: str, ask: Asker) -> None:
    entry = symbols.resolve(name)
    canonical = name if entry is None else entry.name
    assert classify(canonical) == "unknown"
    assert classify(name) == "unknown"
    assert isinstance(ask(canonical).outcome, NotKnown)


def test_a_file_is_named_in_a_graph_and_never_read(ask: Asker, tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("content")
    for name in (str(path), str(tmp_path / "missing")):
        value = ask.get("tensorflow.io.read_file", name)
        assert (value.dtype, value.shape, value.content) == ("string", (), None)


def test_data_sets_of_files_are_made_without_reading(ask: Asker, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("content")
    for name in ("tensorflow.data.TextLineDataset", "tensorflow.data.TFRecordDataset"):
        for path in (tmp_path / "secret.txt", tmp_path / "missing"):
            element = ask.get(name, str(path)).element
            assert (element.dtype, element.shape, element.content) == ("string", (), None)
    for pattern in ("*.txt", "missing"):
        element = ask.get("tensorflow.data.Dataset.list_files", str(tmp_path / pattern)).element
        assert (element.dtype, element.shape, element.content) == ("string", (), None)


@pytest.mark.parametrize("name", REGULAR)
def test_what_computes_may_be_asked(name: str) -> None:
    assert classify(name) in ("executable", "symbolic")


def test_no_exported_name_that_sounds_of_the_outside_may_be_asked(exported: list[tuple[str, symbols.Entry]]) -> None:
    assert len(exported) > 3000
    asked = [(name, entry) for name, entry in exported if classify(entry.name) != "unknown"]
    assert len(asked) > 1500
    suspect = {
        entry.name
        for _, entry in asked
        if SUSPECT.search(entry.name.rpartition(".")[2]) and entry.name.rpartition(".")[2] not in LOOKED_AT
    }
    assert sorted(suspect) == []


def test_whatever_may_be_asked_comes_from_the_libraries(exported: list[tuple[str, symbols.Entry]]) -> None:
    homes = ("tensorflow", "keras", "tf_keras", "numpy", "builtins", "ml_dtypes", "wrapt", "optree")
    strange = set()
    for name, entry in exported:
        home = getattr(entry.object, "__module__", None)
        if classify(entry.name) != "unknown" and isinstance(home, str) and home.partition(".")[0] not in homes:
            strange.add((name, home))
    assert {name for name, home in strange if not _is_c_function(name)} == set()


def _is_c_function(name: str) -> bool:
    return not inspect.isfunction(symbols.resolve(name).object)


@pytest.mark.parametrize(
    "name",
    [
        "tensorflow.os",
        "tensorflow.sys",
        "tensorflow._os",
        "tensorflow.python.eager.context.context",
        "tensorflow.matmul.__globals__",
        "tensorflow.Tensor.__class__",
        "tensorflow.keras.src",
        "keras.src.utils.progbar.os",
        "keras.src.backend",
        "keras.os",
        "keras.layers.Dense.call.__globals__",
        "numpy.os",
        "numpy.sys",
        "numpy.lib.npyio.os",
        "numpy.core",
        "numpy.f2py",
        "numpy.ctypeslib",
        "numpy.zeros.__self__",
        "os",
        "os.system",
        "builtins.open",
        "",
        "tensorflow.",
        "tensorflow..matmul",
    ],
)
def test_there_is_no_way_out_through_attributes(name: str) -> None:
    assert symbols.resolve(name) is None


def test_a_module_that_cannot_be_loaded_is_no_public_name() -> None:
    # Keras 3 has no tf.compat.v1.layers; its lazy loader raises ModuleNotFoundError.
    entry = symbols.resolve("tensorflow.compat.v1.layers")
    assert entry is None or entry.kind == "module"


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("tensorflow.keras.layers.Dense", "keras.layers.Dense"),
        ("tensorflow.linalg.matmul", "tensorflow.matmul"),
        ("tensorflow.math.add", "tensorflow.add"),
        ("tensorflow.matmul", "tensorflow.matmul"),
        ("numpy.zeros", "numpy.zeros"),
    ],
)
def test_an_object_has_one_name(alias: str, name: str) -> None:
    entry = symbols.resolve(alias)
    assert entry is not None
    assert entry.name == name
    assert symbols.resolve(entry.name).object is entry.object


def test_classes_mapped_over_a_structure_are_not_made(ask: Asker, tmp_path: Path) -> None:
    target = tmp_path / "written"
    writer = Symbol(name="tensorflow.io.TFRecordWriter", kind="class")
    assert isinstance(ask("tensorflow.nest.map_structure", writer, str(target)).outcome, NotKnown)
    assert not target.exists()


def test_arrays_are_not_written_to_files(ask: Asker, tmp_path: Path) -> None:
    target = tmp_path / "written"
    assert isinstance(ask("numpy.ndarray.tofile", np.zeros(3), str(target)).outcome, NotKnown)
    assert isinstance(ask("tofile", np.zeros(3), str(target), form="method").outcome, NotKnown)
    assert not target.exists()


@pytest.mark.parametrize("layer", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_vocabularies_are_not_read_from_files(ask: Asker, tmp_path: Path, layer: str) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_text("1\n2\n", encoding="utf-8")
    assert isinstance(ask(f"keras.layers.{layer}", vocabulary=str(path)).outcome, NotKnown)
    assert isinstance(ask(f"keras.layers.{layer}", vocabulary=["1", "2"]).outcome, Returned)


def test_objects_are_not_made_from_configs(ask: Asker) -> None:
    config = {"module": "this", "class_name": "anything", "config": {}, "registered_name": None}
    assert isinstance(ask("keras.layers.Dense", 3, activation=config).outcome, NotKnown)
    assert isinstance(ask("keras.layers.Dense", 3, kernel_initializer=config).outcome, NotKnown)


def test_a_function_of_the_program_is_not_handed_to_what_does_not_call_it_back(ask: Asker) -> None:
    assert isinstance(ask("tensorflow.nest.map_structure", FunctionValue(), 1).outcome, NotKnown)


def test_ops_that_are_never_run_for_real() -> None:
    graph = tf.Graph()
    with graph.as_default():
        tf.io.read_file("x")
        tf.print("x")
        tf.random.normal([2])
    for operation in {node.type for node in graph.get_operations()} - {"Const", "StringFormat", "Add", "AddV2", "Mul"}:
        assert not may_execute({operation}), operation
    assert may_execute({"Const", "MatMul", "AddV2", "Cast", "OneHot"})
