"""NumPy: by namespace and, where a namespace is mixed, by name. Modules that nothing is known of are unclassified."""

from __future__ import annotations

import inspect
from pathlib import PurePath

import numpy as np

from .. import symbols
from .verdicts import CONCRETE, SYMBOLIC, UNCLASSIFIED, Verdict, first, forbidden, rules

_FILES = forbidden("reads or writes files")
_PYTHON = forbidden("calls Python of the program")
_STATE = forbidden("sets or reads a setting of the whole process")
_MEMORY = forbidden("works on memory that is not its own")

_BY_NAME = rules(
    [
        (
            r"(load|save|savez|savez_compressed|loadtxt|savetxt|genfromtxt|fromregex|fromfile|memmap|DataSource|"
            r"recfromcsv|recfromtxt|lib\.(npyio|format|Npy).*|ndarray\.(tofile|dump|dumps)|generic\.(tofile|dump|dumps)|"
            r"rec\.fromfile|ma\.fromfile|lib\.NpzFile|lib\.introspect.*)",
            _FILES,
        ),
        (
            r"(fromfunction|fromiter|frompyfunc|vectorize|apply_along_axis|apply_over_axes|piecewise|nditer|nested_iters|"
            r"ma\.(fromfunction|apply_along_axis|apply_over_axes|mapping|clump_.*)|lib\.mixins.*|mask_indices|"
            r"polynomial\.(set_default_printstyle|.*\.from.*))",
            _PYTHON,
        ),
        (
            r"(set_printoptions|printoptions|get_printoptions|seterr|geterr|seterrcall|geterrcall|setbufsize|getbufsize|"
            r"errstate|set_string_function|set_numeric_ops|seterrobj|geterrobj|show_config|show_runtime|get_include|"
            r"info|test|lookfor|source|who|disp|deprecate.*|safe_eval|add_docstring|add_newdoc.*|byte_bounds|"
            r"tracemalloc_domain|array2string|array_repr|array_str|maximum_sctype|"
            r"random\.(seed|set_state|get_state|get_bit_generator|set_bit_generator)|ma\.(set_fill_value|"
            r"default_fill_value|common_fill_value)|testing\..*|random\.bytes|bytes|lib\.(add_docstring|add_newdoc|tracemalloc.*|Arrayterator|NumpyVersion))",
            _STATE,
        ),
        (r"(frombuffer|fromstring|from_dlpack|lib\.stride_tricks\.as_strided|ma\.frombuffer|rec\..*|char\.chararray|"
         r"char\.(array|asarray)|lib\.array_utils\.byte_bounds)", _MEMORY),
        (r"(copyto|put|place|putmask|put_along_axis|fill_diagonal|random\.shuffle)", CONCRETE),
        (r"ma\.(put|putmask)", forbidden("writes into its argument")),
        (r"(random\.(RandomState|Generator|default_rng|BitGenerator|MT19937|PCG64|PCG64DXSM|Philox|SFC64|SeedSequence))",
         forbidden("an object that draws random numbers")),
        (r"(matrix|bmat|mat|asmatrix|flatiter|recarray|record|busdaycalendar|ndenumerate|ndindex|broadcast|poly1d|"
         r"einsum_path|chararray|ufunc|object_|void|ma\.(mvoid|MaskType)|asfarray|obj2sctype|sctype2char|cast|"
         r"typename|nbytes|sctypeDict|format_parser)",
         forbidden("makes an object that is no array")),
        (r"(may_share_memory|shares_memory)", forbidden("asks where arrays lie in memory")),
        (r"(histogramdd|histogram2d)", forbidden("as large as a number among its arguments to the power of another")),
        (r"random\..*", SYMBOLIC),
    ]
)  # fmt: skip
#: Functions that write into their first argument and return None.
WRITERS = frozenset(
    f"numpy.{name}"
    for name in ("copyto", "put", "place", "putmask", "put_along_axis", "fill_diagonal", "random.shuffle")
)
#: Modules all of whose other functions compute.
_PURE_MODULES = (
    "linalg",
    "fft",
    "ma",
    "char",
    "strings",
    "polynomial",
    "polynomial.polynomial",
    "polynomial.chebyshev",
    "polynomial.legendre",
    "polynomial.hermite",
    "polynomial.hermite_e",
    "polynomial.laguerre",
    "lib.stride_tricks",
    "lib.scimath",
    "emath",
)
#: The source files that the functions right under `numpy` come from, without leading underscore and `_impl`.
_PURE_FILES = frozenset(
    [
        "asarray",
        "einsumfunc",
        "fromnumeric",
        "function_base",
        "numeric",
        "numerictypes",
        "shape_base",
        "arraypad",
        "arraysetops",
        "histograms",
        "index_tricks",
        "nanfunctions",
        "polynomial",
        "stride_tricks",
        "twodim_base",
        "type_check",
        "ufunclike",
        "arrayprint",
        "multiarray",
        "umath",
        "overrides",
        "ufunc_config",
        "getlimits",
        "scimath",
        "linalg",
        "helper",
        "financial",
        "memmap",
        "defchararray",
        "utils",
    ]
)


def classify_numpy(rest: str) -> Verdict:
    """Return the verdict on `numpy.<rest>`."""
    last = rest.rpartition(".")[2]
    module = rest.rpartition(".")[0]
    if last.startswith("_"):
        return forbidden("a private name")
    named = first(_BY_NAME, rest)
    if named is not None:
        return named
    if module in _PURE_MODULES:
        return CONCRETE
    if not module:
        return _at_the_root(rest)
    entry = symbols.resolve(f"numpy.{module}")
    if entry is not None and entry.kind == "class":
        return forbidden("a method of a class, called without an object")
    return UNCLASSIFIED


def _at_the_root(name: str) -> Verdict:
    entry = symbols.resolve(f"numpy.{name}")
    if entry is None:
        return UNCLASSIFIED
    item = entry.object
    if inspect.isclass(item):
        if issubclass(item, BaseException):
            return forbidden("an exception or a warning")
        return CONCRETE if name in _CLASSES or issubclass(item, np.generic) else UNCLASSIFIED
    inner = inspect.unwrap(item)
    code = getattr(inner, "__code__", None)
    if code is None:  # compiled
        return CONCRETE if isinstance(item, np.ufunc) or name in _COMPILED else UNCLASSIFIED
    stem = PurePath(code.co_filename).stem.removeprefix("_").removesuffix("_impl")
    return CONCRETE if stem in _PURE_FILES else UNCLASSIFIED


#: Classes that make no array, and are asked all the same.
_CLASSES = frozenset(["dtype", "finfo", "iinfo", "ndarray", "bool"])
#: Functions of NumPy's written in C.
_COMPILED = frozenset(
    [
        "arange",
        "array",
        "asanyarray",
        "asarray",
        "ascontiguousarray",
        "asfortranarray",
        "bincount",
        "busday_count",
        "compare_chararrays",
        "fastCopyAndTranspose",
        "busday_offset",
        "can_cast",
        "concat",
        "concatenate",
        "datetime_as_string",
        "datetime_data",
        "dot",
        "empty",
        "empty_like",
        "inner",
        "is_busday",
        "lexsort",
        "min_scalar_type",
        "packbits",
        "promote_types",
        "ravel_multi_index",
        "result_type",
        "unpackbits",
        "unravel_index",
        "vdot",
        "where",
        "zeros",
    ]
)
