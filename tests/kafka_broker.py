"""A real Apache Kafka for the tests: one node in KRaft mode, which cannot outlive our process.

The jars come from Maven once (`broker/pom.xml`) and stay in `.cache/kafka/<version>/`, or in the
folder that `KAFKA_CACHE` names. It needs Java 17 or newer and, the first time, Maven.

    with KafkaBroker(tmp_path) as broker:
        broker.create_topic("articles", partitions=4)
        AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
"""

import fcntl
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

HERE = Path(__file__).resolve().parent
POM = HERE / "broker" / "pom.xml"
INSTALL_HINT = "apt-get install openjdk-17-jre-headless maven"

START_WITHIN_S = 60.0
STOP_WITHIN_S = 30.0

PROPERTIES: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    # A producer that died is given up within a second of its own timeout, not within ten.
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    # A killed broker may register again once its old session ended: after two seconds, not nine.
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
}

# Waits for one line before it becomes the broker: no line, no broker.
GATE = 'read -r _ && exec "$@"'

# Holds the size-limited file system, if any, and outlives us by a moment. Each line it reads is the
# broker's process group, empty when there is none. The end of its input is the end of our process.
LIFELINE = """
if [ -n "$2" ]; then mount -t tmpfs -o "size=$2" tmpfs "$1" || exit 1; fi
echo ready
group=
while read -r line; do group=$line; done
if [ -n "$group" ]; then kill -s KILL -- "-$group"; fi
"""


class KafkaUnavailable(Exception):
    """No broker can be started on this machine: Java, Maven or the jars are missing."""


class BrokerFailed(Exception):
    """The broker did not start, or not in time; the message ends with the end of its log."""


@dataclass(frozen=True)
class Secured:
    """The secured listeners of a broker and what a client needs to use them.

    `sasl` is SASL_SSL with PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512; `tls` is SSL without a login.
    """

    sasl: str
    tls: str
    ca: Path
    username: str
    password: str


@dataclass(frozen=True)
class Names:
    """Names no other test has, so that tests can share a broker."""

    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}.")

    def topic(self, name: str) -> str:
        """The name of a topic of this test."""
        return self.prefix + name

    def group(self, name: str = "group") -> str:
        """The id of a consumer group of this test; good as a transactional id too."""
        return self.prefix + name


class KafkaBroker:
    """One Kafka node, its data under `directory`, its ports fixed when it is made.

    It may be started and stopped many times and keeps data and ports. `disk_bytes` gives the data a
    file system of that size (see `disk`).
    """

    def __init__(
        self,
        directory: Path,
        *,
        properties: Mapping[str, str] | None = None,
        secured: bool = False,
        disk_bytes: int | None = None,
        heap_mb: int = 768,
    ) -> None:
        """Nothing is written or started yet. `properties` override those of the broker."""
        self.directory = directory.resolve()
        self.data = self.directory / "data"
        self.log = self.directory / "kafka.log"
        self.java_log = self.directory / "hs_err.log"
        self._properties = dict(properties or {})
        self._disk_bytes = disk_bytes
        self._heap_mb = heap_mb
        self._ports = free_ports(4 if secured else 2)
        self._secured = (
            Secured(
                sasl=f"127.0.0.1:{self._ports[2]}",
                tls=f"127.0.0.1:{self._ports[3]}",
                ca=self.directory / "ca.pem",
                username="analyst",
                password=secrets.token_hex(16),
            )
            if secured
            else None
        )
        self._lifeline: subprocess.Popen[str] | None = None
        self._enter: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` of the open listener."""
        return f"127.0.0.1:{self._ports[0]}"

    @property
    def secured(self) -> Secured:
        """The secured listeners; only of a broker made with `secured=True`."""
        if self._secured is None:
            raise ValueError("this broker has no secured listeners: KafkaBroker(…, secured=True)")
        return self._secured

    @property
    def pid(self) -> int | None:
        """The process id of the JVM while it runs, frozen or not."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    @property
    def disk(self) -> Literal["unlimited", "tmpfs", "rlimit"]:
        """What limits the data, known once started.

        `tmpfs`: a file system of `disk_bytes` in a mount namespace of its own, which goes with it.
        `rlimit`: where namespaces are refused, no single file may grow over `disk_bytes`.
        """
        if self._disk_bytes is None:
            return "unlimited"
        return "tmpfs" if self._enter else "rlimit"

    def start(self) -> None:
        """Start it, or start it again on the same data and ports; returns when it answers."""
        if self.pid is not None:
            raise ValueError("the broker already runs")
        jars = kafka_jars()
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(exist_ok=True)
        if self._lifeline is None:
            self._hold_lifeline()
            self._prepare(jars)
        self._launch(java(jars, self._heap_mb, "kafka.Kafka", str(self._config)))
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop it as an operator would (SIGTERM); killed if it takes more than 30 s."""
        if self._process is not None:
            self.thaw()
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
            self._ended()

    def kill(self) -> None:
        """Kill it as a power cut would (SIGKILL)."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._ended()

    def freeze(self) -> None:
        """Stop its clock (SIGSTOP): connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)
        while self.pid and not _stands_still(self.pid):  # a thread may still be on a processor
            time.sleep(0.005)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def wait(self, within_s: float = STOP_WITHIN_S) -> int:
        """The exit status once it has died by itself, else `subprocess.TimeoutExpired`."""
        if self._process is None:
            raise ValueError("the broker does not run")
        status = self._process.wait(within_s)
        self._ended()
        return status

    def close(self) -> None:
        """Kill it, and let go of its size-limited file system and what was on it."""
        self.kill()
        if self._lifeline is not None:
            self._lifeline.communicate()
            self._lifeline = None
            self._enter = []

    def resize_disk(self, disk_bytes: int) -> None:
        """Give the data more or less room; with `rlimit` it counts from the next start."""
        if self.disk == "unlimited":
            raise ValueError("this broker's disk has no size: KafkaBroker(…, disk_bytes=…)")
        self._disk_bytes = disk_bytes
        if self._enter:
            # Named in full, or mount repeats options that a user namespace refuses.
            remount = ["mount", "-t", "tmpfs", "-o", f"remount,size={disk_bytes}", "tmpfs"]
            subprocess.run([*self._enter, *remount, str(self.data)], check=True)

    def create_topic(
        self, name: str, partitions: int = 1, config: Mapping[str, str] | None = None
    ) -> None:
        """Create a topic and wait for it."""
        topic = NewTopic(name, partitions, replication_factor=1, config=dict(config or {}))
        admin = self.admin()
        admin.create_topics([topic])[name].result(START_WITHIN_S)

    def admin(self) -> AdminClient:
        """An admin client of the open listener, which keeps silent while the broker is away."""
        return AdminClient(
            {"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 100}
        )

    def log_tail(self, lines: int = 30) -> str:
        """The last lines of the log, for messages."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _config(self) -> Path:
        return self.directory / "server.properties"

    def _hold_lifeline(self) -> None:
        """Start the process that kills the broker when ours ends, whatever ends it."""
        size = "" if self._disk_bytes is None else str(self._disk_bytes)
        script = ["sh", "-c", LIFELINE, "sh", str(self.data)]
        if self._disk_bytes is not None:
            for flags, enter in (
                ([], []),
                (["--map-root-user"], ["--user", "--preserve-credentials"]),
            ):
                lifeline = hold(["unshare", "--mount", *flags, *script, size])
                if lifeline is not None:
                    self._lifeline = lifeline
                    self._enter = ["nsenter", "--target", str(lifeline.pid), "--mount", *enter]
                    return
        self._lifeline = hold([*script, ""])
        if self._lifeline is None:
            raise BrokerFailed("the lifeline process did not start")

    def _prepare(self, jars: Path) -> None:
        """Write the configuration and format the data directory, unless an earlier life did."""
        if self._secured is not None and not self._secured.ca.exists():
            make_certificates(self.directory)
        self._config.write_text(
            "".join(f"{key}={value}\n" for key, value in self._all_properties().items())
        )
        scram: list[str] = []
        if self._secured is not None:
            login = f"[name={self._secured.username},password={self._secured.password}]"
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                scram += ["--add-scram", f"{mechanism}={login}"]
        cluster = secrets.token_urlsafe(16)
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "--ignore-formatted"]
        arguments = [*tool, "-t", cluster, "-c", str(self._config), *scram]
        with self.log.open("a") as log:
            formatted = subprocess.run(
                [*self._enter, *java(jars, self._heap_mb, *arguments)],
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if formatted.returncode != 0:
            raise BrokerFailed(f"the data directory was not formatted\n{self.log_tail()}")

    def _all_properties(self) -> dict[str, str]:
        plain, controller, *_ = self._ports
        listeners = [f"PLAINTEXT://127.0.0.1:{plain}"]
        protocols = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
        extra: dict[str, str] = {}
        if self._secured is not None:
            listeners += [f"SASL://{self._secured.sasl}", f"TLS://{self._secured.tls}"]
            protocols += ["SASL:SASL_SSL", "TLS:SSL"]
            extra = secured_properties(self._secured, self.directory / "server.pem")
        return {
            **PROPERTIES,
            "log.dirs": str(self.data),
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller}",
            "listeners": ",".join([*listeners, f"CONTROLLER://127.0.0.1:{controller}"]),
            "advertised.listeners": ",".join(listeners),
            "listener.security.protocol.map": ",".join(protocols),
            **extra,
            **self._properties,
        }

    def _launch(self, command: Sequence[str]) -> None:
        """Start the JVM behind a gate, opened once the lifeline knows whom to kill."""
        limit = ""
        if self.disk == "rlimit" and self._disk_bytes is not None:
            limit = f"ulimit -f {self._disk_bytes // 512}; "
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", limit + GATE, "sh", *self._enter, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self._tell_lifeline(str(self._process.pid))
        gate = pipe(self._process.stdin)
        gate.write("go\n")
        gate.close()

    def _wait_until_it_answers(self) -> None:
        admin = self.admin()
        deadline = time.monotonic() + START_WITHIN_S
        while self.pid is not None and time.monotonic() < deadline:
            try:
                if admin.list_topics(timeout=0.5).brokers:
                    return
            except KafkaException:
                continue
        problem = "died at start" if self.pid is None else f"gave no answer in {START_WITHIN_S:g} s"
        raise BrokerFailed(f"the broker {problem}; its log {self.log} ends:\n{self.log_tail()}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _ended(self) -> None:
        """Forget a process that was told to end or that has ended."""
        if self._process is not None:
            self._tell_lifeline("")
            self._process.wait()
            self._process = None

    def _tell_lifeline(self, group: str) -> None:
        if self._lifeline is not None:
            channel = pipe(self._lifeline.stdin)
            channel.write(f"{group}\n")
            channel.flush()


def _stands_still(pid: int) -> bool:
    """Whether every thread of a process is stopped."""
    states = []
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):  # a thread that has just ended
            states.append(stat.read_text().rpartition(")")[2].split()[0])
    return set(states) <= {"T"}


def kafka_jars() -> Path:
    """The folder of Kafka's jars, fetched with Maven if it is not there yet.

    `KafkaUnavailable` if Java or Maven is missing or Maven cannot fetch them.
    """
    require_java()
    found = re.search(r"<kafka\.version>(.+)</kafka\.version>", POM.read_text())
    version = found[1] if found else "unknown"
    default = HERE.parent / ".cache" / "kafka"
    cache = Path(os.environ.get("KAFKA_CACHE", default)).absolute()
    cache.mkdir(parents=True, exist_ok=True)
    jars = cache / version
    with (cache / f"{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fetched = jars / "pom.xml"  # written last, so its presence means that the jars are complete
        if not fetched.exists() or fetched.read_bytes() != POM.read_bytes():
            fetch_jars(jars)
            shutil.copyfile(POM, fetched)
    return jars


def fetch_jars(jars: Path) -> None:
    """Copy the jars that the pom names into an empty folder `jars`."""
    if shutil.which("mvn") is None:
        raise KafkaUnavailable(f"a real Kafka needs Maven: {INSTALL_HINT}")
    shutil.rmtree(jars, ignore_errors=True)
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
    maven = subprocess.run(
        ["mvn", "-q", "-B", "-f", str(POM), *goal], capture_output=True, text=True, check=False
    )
    if maven.returncode != 0:
        reason = next((line for line in maven.stdout.splitlines() if "ERROR" in line), maven.stderr)
        raise KafkaUnavailable(f"Maven could not fetch Kafka's jars: {reason.strip()}")


def require_java() -> None:
    """`KafkaUnavailable` unless the `java` on the path is 17 or newer."""
    if shutil.which("java") is None:
        raise KafkaUnavailable(f"a real Kafka needs Java 17: {INSTALL_HINT}")
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found[1]) < 17:
        raise KafkaUnavailable(f"a real Kafka needs Java 17, found {told[:60]!r}: {INSTALL_HINT}")


def java(jars: Path, heap_mb: int, *arguments: str) -> list[str]:
    """The command of a Java class of Kafka; flags that start it in two seconds instead of three."""
    return [
        "java",
        f"-Xmx{heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        f"-Dlog4j2.configurationFile={HERE / 'broker' / 'log4j2.xml'}",
        "-cp",
        f"{jars}/*",
        *arguments,
    ]


def hold(command: Sequence[str]) -> subprocess.Popen[str] | None:
    """Start a lifeline and wait until it is ready; None if it cannot be."""
    try:
        lifeline = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
    except FileNotFoundError:  # unshare belongs to util-linux
        return None
    if pipe(lifeline.stdout).readline() == "ready\n":
        return lifeline
    lifeline.communicate()
    return None


def pipe(stream: IO[str] | None) -> IO[str]:
    """A stream that was asked for with PIPE and is therefore there."""
    if stream is None:
        raise ValueError("the process was started without this pipe")
    return stream


def free_ports(count: int) -> list[int]:
    """Ports free right now, below those the kernel gives to clients.

    A client that keeps trying a dead broker's port from that range can connect to itself, and the
    broker then cannot have its port back.
    """
    ports: list[int] = []
    for port in random.SystemRandom().sample(range(15_000, 32_000), 1_000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise BrokerFailed(f"no {count} free ports")


def make_certificates(directory: Path) -> None:
    """Write `ca.pem`, and `server.pem` (key and certificate of 127.0.0.1 and localhost)."""
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    new += ["-noenc", "-days", "30"]
    ca = ["-subj", "/CN=dyadwire test CA", "-keyout", "ca.key", "-out", "ca.pem"]
    ca += ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    server = ["-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.crt"]
    server += ["-CA", "ca.pem", "-CAkey", "ca.key"]
    server += ["-addext", "basicConstraints=critical,CA:FALSE"]
    server += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    for command in (ca, server):
        subprocess.run([*new, *command], cwd=directory, check=True, capture_output=True)
    pem = (directory / "server.key").read_text() + (directory / "server.crt").read_text()
    (directory / "server.pem").write_text(pem)


def secured_properties(secured: Secured, server_pem: Path) -> dict[str, str]:
    """The broker's properties for the listeners SASL and TLS."""
    module = "org.apache.kafka.common.security"
    user = f'user_{secured.username}="{secured.password}"'
    plain = f"{module}.plain.PlainLoginModule required {user};"
    scram = f"{module}.scram.ScramLoginModule required;"
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(server_pem),
        "listener.name.sasl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.sasl.plain.sasl.jaas.config": plain,
        "listener.name.sasl.scram-sha-256.sasl.jaas.config": scram,
        "listener.name.sasl.scram-sha-512.sasl.jaas.config": scram,
    }
