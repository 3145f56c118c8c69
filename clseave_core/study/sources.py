"""Where the files of a study come from: the user's own, a download, or the generator."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from clseave_core.study.loading import Study
from clseave_core.study.raw_files import PICTURES, RawFile, raw_files
from clseave_core.study.study_languages import languages_of

ALL_LANGUAGES = "all"
"""In the place of a language: the student that learns all of a method's languages."""
CLIP = "clip"
"""The kind of generated model of which a world can have several, each in a folder of its name."""


@dataclass(frozen=True)
class Sources:
    """Paths of a study's raw material: below `resources`, or the user's own."""

    name: str
    study: Study
    resources: str

    @property
    def is_generated(self) -> bool:
        """Whether the corpus is a generated world."""
        return "world" in self.study["corpus"]

    @property
    def generated(self) -> str:
        """The folder that the generator writes: of this study, and not shared as downloads are."""
        return f"results/{self.name}/world"

    @property
    def splits(self) -> list[str]:
        """train, dev and the test sets."""
        return ["train", "dev", *self.study["testsets"]]

    def annotations(self, split: str) -> str:
        """The SNLI-VE file of a split."""
        if self.is_generated:
            return f"{self.generated}/annotations/snli_ve_{split}.jsonl.gz"
        return self._path(self.raw_files[split])

    @property
    def pictures(self) -> str:
        """The archive or folder of pictures."""
        if self.is_generated:
            return f"{self.generated}/pictures.zip"
        return self._path(self.raw_files[PICTURES])

    @staticmethod
    def _path(file: RawFile) -> str:
        return str(file.get("path") or file["target"])

    @property
    def raw_files(self) -> dict[str, RawFile]:
        """The files of a real corpus by split, and `PICTURES`; see raw_files.py."""
        if self.is_generated:
            return {}
        return raw_files(self.study["corpus"], self.splits, f"{self.resources}/downloads")

    @property
    def downloads(self) -> dict[str, RawFile]:
        """What is fetched, by the name of its file."""
        files = self.raw_files.values()
        return {PurePath(file["target"]).name: file for file in files if not file.get("path")}

    @property
    def sentences(self) -> list[str]:
        """The generator's own table of its sentences; empty for a real corpus."""
        return [f"{self.generated}/sentences.parquet"] if self.is_generated else []

    @property
    def words(self) -> list[str]:
        """The tables of nouns that the generator reads; empty but for the natural world."""
        if self.study["corpus"].get("world", {}).get("vocabulary") != "natural":
            return []
        return [f"clseave_core/corpus/natural/{name}.csv" for name in ("nouns", "kinds")]

    @property
    def scenes(self) -> list[str]:
        """The table of what each picture is to show; empty but for the natural world."""
        return [f"{self.generated}/scenes.parquet"] if self.words else []

    @property
    def naming(self) -> list[str]:
        """What the generator says of nouns and pictures; empty but for the natural world."""
        return [f"{self.generated}/sentence_nouns.parquet", *self.scenes] if self.words else []

    def model(self, name: str) -> str:
        """The folder of a pretrained model; none for one that a package brings along."""
        model = self.study["models"][name]
        if "package" in model:
            return ""
        if "path" in model:
            return str(model["path"])
        if "generate" in model:
            kind = model["generate"]
            return f"{self.generated}/models/{name if kind == CLIP else kind}"
        return f"{self.resources}/models/{self.repository(name)}"

    @property
    def generated_clips(self) -> list[str]:
        """The CLIPs that the generator pretrains; of the other kinds a world has one each."""
        return [name for name, m in self.study["models"].items() if m.get("generate") == CLIP]

    def generator_settings(self, kind: str) -> dict[str, Any]:
        """The settings of the one model that the generator pretrains as `kind` (bert, aligner)."""
        models = self.study["models"].values()
        return next((m["settings"] for m in models if m.get("generate") == kind), {})

    @property
    def world_seed(self) -> int:
        """The seed of the generated corpus and its pretrained models."""
        return int(self.study["corpus"].get("world", {}).get("world_seed", 0))

    def repository(self, name: str) -> str:
        """A hub model as the name of a folder: `openai--clip-vit-base-patch16@main`."""
        model = self.study["models"][name]
        return f"{model['id'].replace('/', '--')}@{model.get('revision', 'main')}"

    @property
    def repositories(self) -> dict[str, dict[str, str]]:
        """The models that come from the hub, by the name of their folder."""
        models = self.study["models"]
        return {self.repository(name): models[name] for name in models if "id" in models[name]}

    @property
    def translation(self) -> dict[str, Any]:
        """The section `translation` with the generator's folder filled in."""
        section = dict(self.study["translation"])
        if section.get("file"):
            section["file"] = section["file"].replace("{generated}", self.generated)
        return section

    def translation_files(self, lang: str) -> list[str]:
        """The user's own translations into `lang`; empty for a provider that asks a service."""
        if self.study["translation"]["provider"] != "file":
            return []
        return [str(self.translation["file"]).format(lang=lang)]

    def languages_of(self, method: str) -> list[str]:
        """The languages a method is evaluated in."""
        return languages_of(self.study["methods"][method], self.study)

    def trained_in(self, method: str, lang: str) -> str:
        """The language whose student a method reads `lang` with; `all` for a joint student."""
        entry = self.study["methods"][method]
        if entry.get("joint"):
            return ALL_LANGUAGES
        return "en" if entry["setting"] == "zero_shot" else lang

    def students_of(self, method: str) -> list[str]:
        """The languages that a method has a student of; `all` alone for a joint one."""
        each = (self.trained_in(method, lang) for lang in self.languages_of(method))
        return list(dict.fromkeys(each))

    def is_read_out(self, method: str) -> bool:
        """Whether a method's embeddings are made after the training of the students it reads."""
        entry = self.study["methods"][method]
        return bool(
            entry.get("joint", False)
            or (
                "trained_as" in entry
                and (
                    "readout" in entry
                    or "pooling_at_test" in entry
                    or "retrieval" in entry
                    or entry.get("noise_at_test") != entry.get("noise_in_training")
                    or entry["setting"] == "zero_shot"
                )
            )
        )

    def embeds_sentences(self, method: str) -> bool:
        """Whether a method has a file of sentence embeddings of its own in each language."""
        entry = self.study["methods"][method]
        if entry["setting"] in ("translate_test", "round_trip"):
            return True
        return "student" in entry and ("trained_as" not in entry or self.is_read_out(method))

    @property
    def main_methods(self) -> list[str]:
        """The methods of the accuracy table: all but those of comparisons and sweeps."""
        apart = [
            method
            for kind in ("comparisons", "sweep")
            for entry in self.study.get(kind, {}).values()
            for method in entry["methods"]
        ]
        return [name for name in self.study["methods"] if name not in apart]

    @property
    def frozen_sentences(self) -> list[tuple[str, str]]:
        """The frozen encoders of main methods, with each language whose sentences they embed."""
        methods, students = self.study["methods"], self.study["students"]
        pairs = [
            (students[methods[name]["student"]]["model"], lang)
            for name in self.main_methods
            if methods[name].get("student") in self.frozen_students
            for lang in (
                *self.languages_of(name),
                *(["en"] if methods[name].get("with_english") else []),
                *self.students_of(name),
            )
        ]
        return list(dict.fromkeys(pairs))

    @property
    def main_students(self) -> list[str]:
        """The main methods that train students of their own."""
        methods = self.study["methods"]
        return [
            name
            for name in self.main_methods
            if "student" in methods[name] and "trained_as" not in methods[name]
        ]

    @property
    def main_teachers(self) -> dict[str, Any]:
        """The teachers of the main methods."""
        used = {self.study["methods"][name]["teacher"] for name in self.main_methods}
        return {name: entry for name, entry in self.study["teachers"].items() if name in used}

    @property
    def tested_methods(self) -> list[str]:
        """All methods but those of sweeps, which are scored on dev alone."""
        swept = [
            name for entry in self.study.get("sweep", {}).values() for name in entry["methods"]
        ]
        return [name for name in self.study["methods"] if name not in swept]

    @property
    def frozen_students(self) -> list[str]:
        """The students whose encoder is frozen."""
        return [name for name, student in self.study["students"].items() if "hidden" in student]

    @property
    def frozen_encoders(self) -> list[str]:
        """The models that frozen students read, each once."""
        students = (self.study["students"][name] for name in self.frozen_students)
        return list(dict.fromkeys(student["model"] for student in students))

    @property
    def awaited_teachers(self) -> list[str]:
        """Files of the teachers of this study that its students wait for."""
        if "teacher" in self.study.get("reuse", {}):
            return []
        methods = (self.study["methods"][name] for name in self.main_methods)
        teachers = dict.fromkeys(m["teacher"] for m in methods if "student" in m)
        return [
            f"results/{self.name}/teacher/{teacher}/seed{seed}/history.csv"
            for teacher in teachers
            for seed in self.study["seeds"]
        ]

    def image_owner(self, teacher: str) -> str:
        """The teacher under whose name the image embeddings that `teacher` reads are kept.

        Teachers with the same model and image tower share one file.
        """
        tower = self._tower(teacher)
        return next(str(name) for name in self.study["teachers"] if self._tower(name) == tower)

    def _tower(self, teacher: str) -> tuple[str, str]:
        entry = self.study["teachers"][teacher]
        return str(entry["model"]), str(entry.get("image_tower", "pretrained"))
