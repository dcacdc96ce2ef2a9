"""The simulated floor: three shops and a call centre that keep most of their promises, for `kept run --demo`.

A day with people in it, drawn from a seed, or a calm one on which all goes well: `stage.py` moves its time, `shop.py`
and `calls.py` say what happens, `praise.py` what its people do for each other, `playing.py` feeds it to a host at any
speed. The promises it is watched by stand in `streams/demo.yaml`, who is told of them in `streams/demo_policy.yaml`,
how these people look at their own work in `streams/demo_practice.yaml`.
Read next: `stage.py`.
"""
