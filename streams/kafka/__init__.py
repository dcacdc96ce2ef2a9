"""Kept on Kafka: the same judge beyond one machine.

Theory of operation. Events arrive in the topic `events`. The intake reads them, finds whose they are, and publishes
them in batches to `facts`, to the partition of each subject that they concern; only then does it commit. Workers judge
`facts`, one `Partition` of cases per partition of the topic: they publish what came of it (`ledger`, `tellings`), then
remember (tables with changelogs), then acknowledge. A crash at any moment repeats work; ids are derived, so what is
repeated is inert. `serve` folds the topics into the SQLite read model that the board and the API show.

Time comes with the facts. Each batch says how far its partition of `events` has come; and a ticker, in whichever intake
has partition 0 of `events`, says once in a while that all that had arrived by some instant is in `facts`. No worker
reads a clock to judge. Standards that hear promises are judged in higher strata, whose time is what every partition's
lower strata have reached: workers report that in `progress`, and the ticker passes the least of it on.

Who people are is kept apart (`streams/kafka/persons/`): the intake puts references in the place of names, and serve
puts them back. What a reference stands for is in the topic `names`.

Whom to tell is decided in one place, the notify coordinator, which runs in one of the serves: it reads `tellings` and
people's `acts`, runs the alert routers, and publishes `notices` and what it remembers in one transaction.

Read next: `streams/kafka/records/facts.py` for what travels, `streams/kafka/worker/partition.py` for what is done with
it, `streams/kafka/records/topics.py`.
"""
