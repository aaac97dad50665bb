"""What the bot counts, for Prometheus; nothing that tells people apart."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_LAGS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1)


class Metrics:
    """Counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._updates = Counter("bot_updates", "Updates received", ["kind"], registry=self.registry)
        self._answers = Counter("bot_answers", "Answers sent", ["outcome"], registry=self.registry)
        self._errors = Counter("bot_errors", "What went wrong", ["kind"], registry=self.registry)
        self._seconds = Histogram(
            "bot_answer_seconds", "From the start of an answer to its end", buckets=_SECONDS, registry=self.registry
        )
        self._recognition = Histogram(
            "bot_recognition_seconds", "A photo's answer on its thread", buckets=_SECONDS, registry=self.registry
        )
        self._confidence = Histogram(
            "bot_confidence",
            "Confidence of the brand, photos with a sneaker",
            buckets=_SHARES,
            registry=self.registry,
        )
        self._waiting = Gauge("bot_waiting", "Updates in the line", registry=self.registry)
        self._working = Gauge("bot_working", "Updates being answered", registry=self.registry)
        self._lag = Histogram("bot_loop_lag_seconds", "Lateness of a timer", buckets=_LAGS, registry=self.registry)
        self._bundle = Gauge("bot_bundle_products", "Products in the bundle that serves", registry=self.registry)

    def received(self, kind: str) -> None:
        """An update of a kind."""
        self._updates.labels(kind).inc()

    def answered(self, outcome: str, seconds: float) -> None:
        """An answer: known, unknown, no_sneaker, words, nothing, refused."""
        self._answers.labels(outcome).inc()
        self._seconds.observe(seconds)

    def recognised(self, seconds: float, confidence: float | None) -> None:
        """A photo; the confidence is None where it shows no sneaker."""
        self._recognition.observe(seconds)
        if confidence is not None:
            self._confidence.observe(confidence)

    def failed(self, kind: str) -> None:
        """Something went wrong."""
        self._errors.labels(kind).inc()

    def line(self, *, waiting: int, working: int) -> None:
        """The state of the line."""
        self._waiting.set(waiting)
        self._working.set(working)

    def lag(self, seconds: float) -> None:
        """How late a timer was."""
        self._lag.observe(seconds)

    def bundle(self, products: int) -> None:
        """Another bundle serves."""
        self._bundle.set(products)

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
