"""What was gathered of a version, compared with its training: over all of the time, and hour by hour."""

from dataclasses import dataclass
from typing import Any

from handler.monitoring.drift.compared import drift_report
from handler.monitoring.drift.report import DriftReport
from handler.monitoring.empty_window import empty_window
from handler.registry.manifest import Manifest
from training.observed.gathered import Gathered


def report_of(manifest: Manifest, gathered: Gathered) -> DriftReport:
    """The report of all windows of the manifest's version that were gathered."""
    collected, version = gathered.collected, manifest.version
    window = collected.windows.get(version) or empty_window(manifest)
    return drift_report(manifest, window, collected.lines[version])


@dataclass(frozen=True)
class Found:
    """The report of all windows, that of each hour, and what was read."""

    report: DriftReport
    over_time: list[tuple[str, DriftReport]]
    gathered: Gathered

    @classmethod
    def of(cls, manifest: Manifest, gathered: Gathered) -> "Found":
        over_time = [
            (hour.label, drift_report(manifest, hour.window, hour.lines)) for hour in gathered.hours(manifest.version)
        ]
        return cls(report_of(manifest, gathered), over_time, gathered)

    def document(self) -> dict[str, Any]:
        """The report, with what else was read."""
        collected = self.gathered.collected
        others = {name: window.rows for name, window in collected.windows.items() if name != self.report.version}
        return self.report.document() | {
            "other_versions": others,
            "refused": dict(collected.refused),
            "duplicates": collected.duplicates,
            "incomplete": collected.incomplete,
        }
