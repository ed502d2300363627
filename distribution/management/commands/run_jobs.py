"""python manage.py run_jobs: do the work that waits, here and now."""

from collections import Counter
from typing import Any

from django.utils import timezone

from distribution import tasks
from distribution.actions import jobs, second_eyes
from distribution.management.base import OfficeCommand
from distribution.models import Job

WORDS = {
    "done": "klaar",
    "refused": "geweigerd",
    "failed": "mislukt",
    "not ours": "door een andere werker overgenomen",
    "nothing to do": "door een andere werker gedaan",
}


class Command(OfficeCommand):
    help = (
        "Doet al het werk dat wacht, en wat een werker liet vallen: voor wie zonder werker draait, of als er geen is. "
        "Wat op een tweede paar ogen wacht, blijft wachten. Naast een werker kan het geen kwaad."
    )

    def work(self, **options: Any) -> dict[str, Any]:
        done: list[dict[str, Any]] = []
        tried: set[int] = set()
        # Work may ask for other work: until nothing new waits.
        while found := [one for one in jobs.to_be_done(at=timezone.now()) if one not in tried]:
            for job_id in found:
                tried.add(job_id)
                outcome = tasks.work_on(job_id)
                if outcome == "done":
                    # No worker will take this mail out of the queue.
                    second_eyes.mail_others(job_id)
                job = Job.objects.get(pk=job_id)
                done.append({"job": job_id, "kind": job.kind, "outcome": outcome, "sentence": job.sentence})
        counts = Counter(one["outcome"] for one in done)
        return {"jobs": done} | {name: counts[name] for name in ("done", "refused", "failed")}

    def report(self, result: dict[str, Any]) -> str:
        if not result["jobs"]:
            return "Er wacht geen werk."
        return "\n".join(
            f"{one['job']:>6}  {one['kind']:<10} {WORDS[one['outcome']]}"
            + (f": {one['sentence']}" if one["sentence"] else "")
            for one in result["jobs"]
        )
