"""How a compiled function receives a `World`: as one pointer to its tables.

numba would hand over a tuple of forty arrays as some three hundred values, at every call and in every
copy of a body; compiling the exchange then takes a minute. Here a world is unpacked once, where Python
enters, and from there one pointer is passed on. The loads through it are marked as invariant, because
no table moves while compiled code runs: the compiler keeps them in registers as it would arguments.
"""

from typing import Any, TypeVar

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.core.typing.typeof import typeof
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

Tables = TypeVar("Tables", bound=Any)


class TablesType(types.Type):
    """numba's view of a `NamedTuple` of tables."""

    def __init__(self, name: str, fields: tuple[tuple[str, types.Type], ...]) -> None:
        self.fields = fields
        self.places = {field: place for place, (field, _) in enumerate(fields)}
        super().__init__(name=f"{name}({', '.join(f'{field}: {kind}' for field, kind in fields)})")


@register_model(TablesType)
class _PointerModel(models.OpaqueModel):
    """An address: of the array structures, one behind another."""


def _layout(context: Any, kind: TablesType) -> ir.LiteralStructType:
    return ir.LiteralStructType([context.get_value_type(field) for _, field in kind.fields])


@infer_getattr
class _TableTemplate(AttributeTemplate):
    key = TablesType

    def generic_resolve(self, kind: TablesType, name: str) -> types.Type | None:
        place = kind.places.get(name)
        return None if place is None else kind.fields[place][1]


@lower_getattr_generic(TablesType)
def _load_table(context: Any, builder: Any, kind: TablesType, pointer: Any, name: str) -> Any:
    place = kind.places[name]
    table = kind.fields[place][1]
    structure = builder.bitcast(pointer, _layout(context, kind).as_pointer())
    address = cgutils.gep_inbounds(builder, structure, 0, place)
    invariant = builder.module.add_metadata([])
    value_type = context.get_value_type(table)

    def load(address: Any, value_type: Any) -> Any:
        """Aggregate read member by member, since the mark is lost on a load of the whole."""
        members = getattr(value_type, "elements", None)
        if isinstance(value_type, ir.ArrayType):
            members = [value_type.element] * value_type.count
        if members is None:
            leaf = builder.load(address)
            leaf.set_metadata("invariant.load", invariant)
            return leaf
        value = ir.Constant(value_type, ir.Undefined)
        for i, member in enumerate(members):
            part = load(cgutils.gep_inbounds(builder, address, 0, i), member)
            value = builder.insert_value(value, part, i)
        return value

    return load(address, value_type)


@unbox(TablesType)
def _unpack(kind: TablesType, obj: Any, c: Any) -> NativeValue:
    layout = _layout(c.context, kind)
    structure = cgutils.alloca_once(c.builder, layout)
    failed = cgutils.alloca_once_value(c.builder, cgutils.false_bit)
    for place, (_, table) in enumerate(kind.fields):
        item = c.pyapi.tuple_getitem(obj, place)
        native = c.unbox(table, item)
        c.builder.store(native.value, cgutils.gep_inbounds(c.builder, structure, 0, place))
        c.builder.store(c.builder.or_(c.builder.load(failed), native.is_error), failed)
    void_pointer = c.context.get_value_type(kind)
    return NativeValue(c.builder.bitcast(structure, void_pointer), is_error=c.builder.load(failed))


def pass_by_pointer(named_tuple: type[Tables]) -> type[Tables]:
    """Class decorator: let compiled functions take this `NamedTuple` of tables as one pointer."""

    @typeof_impl.register(named_tuple)
    def _typeof(value: Any, c: Any) -> TablesType:
        fields = zip(named_tuple._fields, value, strict=True)
        return TablesType(named_tuple.__name__, tuple((name, typeof(table, c.purpose)) for name, table in fields))

    return named_tuple
