"""What flows: articles in from Kafka, tags, relations and rejections out, each input exactly once.

`settings` and `connection` say how Kafka is reached and `topics` what is there. `app` puts together
the Faust app; its one agent, in `classify`, gets whole `slices`, hands them to `lanes`, and each
lane decodes (`decode`), tags (`tag`) and commits (`delivery`). `worker` runs it all as a process.
Around it: `broker` (embedded, for first steps), `demo`, `send`, `files` (tagging without Kafka),
`rejected`, and `cli`, the `dyadwire` command. Only this package knows Kafka.
"""

from streams.settings import Settings, SettingsError, load_settings

__all__ = ["Settings", "SettingsError", "load_settings"]
