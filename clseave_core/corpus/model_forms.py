"""The other forms in which people have models: what each is, and what to give instead."""

from pathlib import Path

from clseave_core.files import read_json

CONFIG = "config.json"
_SHOWN = 8
_LAYOUT = f"in transformers' layout ({CONFIG} with model.safetensors)"
_OPENAI = (
    "holds weights in OpenAI's own form (.pt), which carries code. Give the same model "
    f"{_LAYOUT}, e.g. id: openai/clip-vit-base-patch16."
)


def other_form(path: str | Path) -> str:
    """What is at `path` in the place of a model folder, and the remedy, as one sentence or two."""
    path = Path(path)
    if not path.exists():
        return f"{path} does not exist. Correct the path in the study."
    if not path.is_dir():
        if path.suffix in (".pt", ".pth", ".ckpt"):
            return f"{path} {_OPENAI}"
        return f"{path} is not a folder. A model is given as the folder of its files or by its id."
    names = {entry.name for entry in path.iterdir()}
    if "snapshots" in names:
        return f"{path} is a model in the cache of the hub. Give {_snapshot(path)}."
    if "adapter_config.json" in names:
        return (
            f"{path} is an adapter (LoRA) to {_base_of_adapter(path)}, not a model. Merge it into "
            "that (peft's merge_and_unload), save the result and give its folder."
        )
    inner = [entry for entry in sorted(path.iterdir()) if (entry / CONFIG).is_file()]
    if "modules.json" in names and inner:
        return (
            f"{path} is a model of sentence-transformers, whose encoder lies in {inner[0]}. Give "
            "that folder."
        )
    if "model_index.json" in names:
        return f"{path} is a pipeline of diffusers, not one model. Give a CLIP {_LAYOUT}."
    if inner:
        folders = " or ".join(str(entry) for entry in inner[:2])
        return f"{path} has no {CONFIG}, but folders within it do. Give {folders}."
    if any(name.startswith("open_clip") for name in names):
        return f"{path} holds a model of open_clip. Give the same model {_LAYOUT}."
    if any(name.endswith(".pt") for name in names):
        return f"{path} {_OPENAI}"
    cached = sorted(name for name in names if name.startswith("models--"))
    if cached:
        return f"{path} is the cache of the hub. Give {_snapshot(path / cached[0])}."
    there = ", ".join(sorted(names)[:_SHOWN]) or "nothing"
    more = ", ..." if len(names) > _SHOWN else ""
    return (
        f"{path} has no {CONFIG}, so it is no model folder in the Hugging Face layout (there: "
        f"{there}{more})."
    )


def other_weights(folder: Path) -> str:
    """What a model folder without weights that can be read has in their place, or nothing."""
    found = [
        name
        for name in sorted(entry.name for entry in folder.iterdir())
        if name.endswith((".h5", ".msgpack", ".gguf", ".onnx", ".ot", ".pt"))
        or name.startswith("open_clip")
        or (name.endswith(".safetensors") and "model" in name)
    ]
    return (
        f" It has {found[0]}, which is another form or a part: get the whole model."
        if found
        else ""
    )


def _snapshot(folder: Path) -> str:
    """The newest files of a model in the hub's cache: those of its main branch, if it says so."""
    main = folder / "refs/main"
    commit = main.read_text(encoding="utf-8").strip() if main.is_file() else ""
    snapshots = folder / "snapshots"
    there = sorted(entry.name for entry in snapshots.iterdir()) if snapshots.is_dir() else []
    name = commit if commit in there else (there or ["<commit>"])[0]
    return str(snapshots / name)


def _base_of_adapter(folder: Path) -> str:
    content = read_json(folder / "adapter_config.json")
    name = content.get("base_model_name_or_path") if isinstance(content, dict) else None
    return str(name or "another model")
