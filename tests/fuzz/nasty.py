"""Small programs in which it is easy to be wrong: objects, closures, laziness, exceptions. `flag()` is a coin."""

from __future__ import annotations

import textwrap

_TEXT = """
class A:
    n = 1
    def __init__(self): self.xs = []
a = A(); b = a; c = A()
if flag(): b.n = 5
A.n = 7
b.xs.append(1)
r = a.n; s = c.n; t = len(a.xs); u = len(c.xs)
---
class A:
    pass
a = A(); b = A(); c = a if flag() else b
c.v = 3
a.v2 = 1
b.v2 = 2
c.v2 = 9
r = a.v2; s = b.v2; t = c.v2
---
def f(n):
    try:
        if n > 1: return "try"
        raise ValueError
    except ValueError:
        return "except"
    finally:
        if flag(): return "finally"
r = f(1); s = f(2)
---
x = 0
def g():
    global x
    x += 1
    yield x
    x += 1
    yield x
it = g()
r = x
for v in it:
    s = x
    x = 10
t = x
---
def g(xs):
    for x in xs: yield x * 2
xs = [1, 2, 3]
it = g(xs)
xs.append(4)
r = list(it); s = list(it)
---
fs = [lambda: i for i in range(3)]
r = [f() for f in fs]
def mk(i): return lambda: i
s = [f() for f in [mk(i) for i in range(3)]]
---
def deco(f):
    def inner(*a, **k):
        if flag(): return None
        return f(*a, **k)
    return inner
@deco
def f(x): return x + 1
r = f(1)
---
def f(x, acc=[]):
    acc.append(x)
    return len(acc)
r = f(1); s = f(2); t = f(3, [])
---
class P:
    def __init__(self, v): self._v = v
    @property
    def v(self): return self._v
    @v.setter
    def v(self, x): self._v = x * 2
p = P(1); p.v = 5
r = p.v
p.v += 1
s = p.v
---
class A:
    def f(self): return "A"
class B(A):
    def f(self): return "B" + super().f()
class C(A):
    def f(self): return "C" + super().f()
class D(B, C):
    def f(self): return "D" + super().f()
r = D().f()
A.f = lambda self: "X"
s = D().f()
d = D(); d.f = lambda: "own"
t = d.f()
---
class T:
    def __init__(self, n): self.n = n
    def __bool__(self): return self.n > 1
    def __len__(self): return 0
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
a = T(1); b = T(2)
r = "yes" if a else "no"; s = "yes" if b else "no"
t = a == b; u = a < b; v = b > a; w = a != b; x = not a
---
class L:
    def __len__(self): return 0
l = L()
r = 1 if l else 2
s = l or 3
---
x = [1, 2, 3]
def f():
    for v in x:
        if v == 2: break
    else:
        return "none"
    return v
r = f()
x.remove(2)
s = f()
---
i = 0
while i < 5:
    i += 1
    if flag(): continue
    if i == 3: break
else:
    i = 100
r = i
---
def f(v):
    match v:
        case [a, b] if a > b: return a
        case [a, *rest]: return rest
        case {"k": k}: return k
        case int(n) | str(n): return n
        case _: return None
r = f([2, 1]); s = f([1, 2, 3]); t = f({"k": 4, "l": 5}); u = f("x"); v = f(2.5); w = f(True)
---
y = 5
match (1, 2):
    case (x, 3): y = x
    case (x, z): y = z
r = x; s = y
---
v = None if flag() else 3
r = 0
if v is not None:
    r = v + 1
    v = None
s = v
---
x = 3 if flag() else "a"
if isinstance(x, int): r = x + 1
else: r = x + "b"
def change():
    global x
    x = [1]
if isinstance(x, int):
    change()
    s = x
---
class Node:
    def __init__(self, v, nxt=None): self.v, self.nxt = v, nxt
n = None
for i in range(4): n = Node(i, n)
t = 0; m = n
while m is not None:
    t += m.v
    m = m.nxt
r = t; s = n.nxt.v
---
class M(dict):
    pass
m = M(); m["a"] = 1
class L2(list):
    def first(self): return self[0]
r = len(m); l = L2([4, 5]); s = l.first()
---
from dataclasses import dataclass, field
@dataclass
class A:
    x: int
    y: int = 2
    z: list = field(default_factory=list)
@dataclass
class B(A):
    y: int = 7
    w: int = 0
    def __post_init__(self): self.w = self.x + self.y
a = A(1); b = B(1); c = A(5, z=[1])
a.z.append(3)
r = a.y; s = b.w; t = len(c.z); u = len(A(1).z); v = a == A(1, 2, [3])
---
from enum import Enum, auto
class E(Enum):
    A = 1
    B = 2
    C = auto()
    def twice(self): return self.value * 2
r = E.B.value; s = E(1) is E.A; t = E.B.twice(); u = E.A == E.B; v = E["A"].name
---
from contextlib import contextmanager
log = []
@contextmanager
def cm():
    log.append("in")
    try: yield 5
    finally: log.append("out")
with cm() as v:
    r = len(log)
s = len(log); t = v
---
class CM:
    def __enter__(self): return self
    def __exit__(self, *e):
        self.seen = e[0] is not None
        return True
c = CM()
x = 1
with c:
    x = 2
    if flag(): raise ValueError
    x = 3
r = x; s = c.seen
---
def outer():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    inc()
    if flag(): inc()
    return n, inc
n, inc = outer()
r = n; s = inc()
---
class A:
    count = 0
    def __init__(self): A.count += 1
xs = [A() for _ in range(3)]
r = A.count
if flag(): A()
s = A.count
---
import functools
calls = []
@functools.lru_cache(None)
def f(n):
    calls.append(n)
    return n
f(1); f(1); f(2)
r = len(calls)
---
class K:
    @classmethod
    def make(cls, n): return [cls() for _ in range(n)]
    @staticmethod
    def two(): return 2
class J(K):
    name = "J"
r = len(J.make(J.two())); s = J.make(1)[0].name; t = type(J.make(1)[0]) is J
---
def f(*args, k=1, **kw): return len(args) + k + len(kw)
p = functools = None
r = f(1, 2, k=3, z=4); s = f(*[1, 2, 3], **{"k": 5, "q": 1})
---
x = 1
class A:
    x = 2
    y = x + 1
    def f(self): return x
    z = [x for _ in range(2)]
r = A().f(); s = A.y; t = A.z
---
def f(n):
    if n == 0: return []
    rest = f(n - 1)
    rest.append(n)
    return rest
r = f(5); s = f(30)
---
try:
    x = 1
    y = [][0]
    x = 2
except IndexError as e:
    z = x
finally:
    w = x
r = z; s = w
---
a = [1, 2, 3]
b = a
a += [4]
c = a
a = a + [5]
r = len(b); s = len(c); t = len(a); u = b is c
---
d = {}
for i, k in enumerate("abc"):
    d.setdefault(k, []).append(i)
    if flag(): d.pop(k)
r = len(d); s = d.get("a")
---
class It:
    def __init__(self): self.i = 0
    def __iter__(self): return self
    def __next__(self):
        self.i += 1
        if self.i > 3: raise StopIteration
        return self.i
it = It()
r = [x for x in it]; s = it.i; t = [x for x in it]
---
class G:
    def __getattr__(self, n): return n + "!"
    def real(self): return 1
g = G(); g.own = 2
r = g.abc; s = g.own; t = g.real()
---
def f():
    x = 1
    def g():
        return x
    x = 2
    return g
r = f()()
---
def gen():
    try:
        yield 1
        yield 2
    finally:
        done.append(1)
done = []
for v in gen(): break
r = v; s = len(done) >= 0
---
a = b = []
a.append(1)
(c, d), e = (1, 2), 3
c, d = d, c
*f, g = range(4)
r = b; s = (c, d, e); t = f; u = g
---
import numpy as np
x = np.zeros([2, 3])
y = x[0]
y[:] = 1
z = x.T
x += 1
r = x.sum(); s = y; t = z.shape
class W:
    def __init__(self, a): self.a = a
w = W(x)
if flag(): w.a = np.ones(4)
u = w.a.shape; v = w.a + 1
---
import numpy as np
def scale(a, k=2):
    a *= k
    return a
x = np.ones(3)
y = scale(x)
z = scale(x.copy())
r = x; s = y is x; t = z
"""
PROGRAMS = [textwrap.dedent(part).strip() + "\n" for part in _TEXT.split("\n---\n")]
