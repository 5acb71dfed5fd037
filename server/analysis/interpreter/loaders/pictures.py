"""Pictures: those that `load_img` opens and `array_to_img` makes, and the paths of `get_file`. Nothing is read or downloaded."""

from __future__ import annotations

import ast
import functools

from ...libraries import global_state
from ...libraries.keras_hooks import keras
from ...libraries.models.loaders import ARRAYS_OF_IMAGES, DOWNLOADS, PICTURES, PICTURES_OF_ARRAYS
from ...libraries.query import Query
from ...values import Const, Scalar, TensorValue, TupleValue, Unknown, Value
from .. import modelled_objects
from ..core import Frame, Interpreter
from ..library_calls import Arguments, ask
from ..library_models import models
from ..modelled_objects import Object, attributes
from ..sequences import size_of, size_value
from .given import NotKnownError, array, items_of, of_signature, unknown
from .words import dtype_named

PICTURE = "keras.utils.Image"
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


def _opened(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """A picture, of the size that it is brought to."""
    try:
        given = of_signature(interp, name, arguments)
        channels = _CHANNELS.get(given.constant("color_mode"))
        target = given.value("target_size")
        sides = (None, None) if target == Const(None) else given.items("target_size")
        if "grayscale" in given or channels is None or sides is None or len(sides) != 2:
            raise NotKnownError("a picture of a size that is not known")
    except NotKnownError as error:
        return unknown(error, name)
    known = tuple(Const(None) if side is None else side for side in sides)
    return modelled_objects.make(interp, PICTURE, sides=TupleValue(known), channels=Const(channels))


for _name in PICTURES:
    models(_name)(functools.partial(_opened, _name))


def _array(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value | None:
    """(height, width, channels) of a picture; None of anything else, of which the library is asked."""
    first = arguments.all[0].value if arguments.all else None
    picture = None if first is None else modelled_objects.of_class(interp, frame, first, PICTURE)
    if picture is None:
        return None
    try:
        given = of_signature(interp, name, arguments)
        state = global_state.current(interp.heap)
        if state.lost is not None:
            raise NotKnownError(state.lost)
        dtype = given.value("dtype")
        made = state.floatx or "float32" if dtype == Const(None) else dtype_named(dtype)
        order = given.constant("data_format") or state.image_data_format or keras.backend.image_data_format()
    except NotKnownError as error:
        return unknown(error, name)
    sides = tuple(size_of(side) for side in items_of(interp, picture.field("sides")) or ())
    named = interp.bridge.session.named(sides) or sides
    channels = size_of(picture.field("channels"))
    return array(interp, made, (channels, *named) if order == "channels_first" else (*named, channels))


for _name in ARRAYS_OF_IMAGES:
    models(_name)(functools.partial(_array, _name))


def _picture(name: str, interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """Ask the library to make a picture of an array, and keep its size."""
    query = Query("symbol", name, arguments.values, arguments.named, interp.mode(frame))
    made = ask(interp, frame, node, name, query, arguments)
    try:
        given = of_signature(interp, name, arguments)
        pixels, order = given.value("x" if "x" in given else "img"), given.constant("data_format")
    except NotKnownError as error:
        return unknown(error, name)
    shape = pixels.shape if isinstance(pixels, TensorValue) else None
    state = global_state.current(interp.heap)
    order = order or state.image_data_format or keras.backend.image_data_format()
    if not isinstance(made, Unknown) or "Image of the library" not in made.reason or shape is None or len(shape) != 3:
        return made
    sides, channels = (shape[1:], shape[0]) if order == "channels_first" else (shape[:2], shape[2])
    values = TupleValue(tuple(size_value(side) for side in sides))
    return modelled_objects.make(interp, PICTURE, sides=values, channels=size_value(channels))


for _name in PICTURES_OF_ARRAYS:
    models(_name)(functools.partial(_picture, _name))


@attributes(PICTURE)
def _attribute(picture: Object, name: str) -> Value | None:
    return Unknown(f"the attribute '{name}' of a picture") if name in ("size", "mode", "width", "height") else None


def _downloaded(interp: Interpreter, frame: Frame, node: ast.Call, arguments: Arguments) -> Value:
    """The path of a file that is downloaded."""
    return Scalar(type="str")


for _name in DOWNLOADS:
    models(_name)(_downloaded)
