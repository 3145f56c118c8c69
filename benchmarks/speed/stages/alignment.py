"""Word alignment against the awesome-align package's own command, with the same model."""

import time
from argparse import Namespace

from benchmarks.speed.measuring import interleave, medians
from benchmarks.speed.models import alignment_settings, sentence_pairs
from benchmarks.speed.rows import Found, against
from benchmarks.speed.workbench import Workbench
from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.package import load_model, load_package_tokenizer, read_config


def measure(bench: Workbench) -> Found:
    """Measure it."""
    from awesome_align import modeling
    from awesome_align.run_align import word_align

    sizes, folder = bench.sizes, bench.bert_folder
    english, translated = sentence_pairs(sizes, sizes.aligned)
    file, found = bench.folder / "parallel.txt", bench.folder / "aligned.txt"
    file.write_text("".join(f"{a} ||| {b}\n" for a, b in zip(english, translated, strict=True)))
    config = read_config(folder, sizes.align_layer)
    model = load_model(folder, config)
    tokenizer = load_package_tokenizer(folder, config["max_position_embeddings"])
    # As the package's own main() does.
    modeling.PAD_ID = tokenizer.pad_token_id
    modeling.CLS_ID, modeling.SEP_ID = tokenizer.cls_token_id, tokenizer.sep_token_id
    aligner = WordAligner(folder, alignment_settings(sizes), bench.compute("fp32"))
    # The package's own defaults, with no processes that load its data: they would only cost here.
    arguments = Namespace(
        data_file=str(file), output_file=str(found), num_workers=0, batch_size=32, device="cpu",
        output_prob_file=None, output_word_file=None, align_layer=sizes.align_layer,
        extraction="softmax", softmax_threshold=1.0e-3,
    )  # fmt: skip

    def of_package() -> float:
        bench.compute("fp32")
        started = time.perf_counter()
        word_align(arguments, model, tokenizer)
        return (time.perf_counter() - started) / sizes.aligned

    def of_ours() -> float:
        bench.product("fp32", sizes.bert_width)
        started = time.perf_counter()
        links = aligner.align(english, translated, "de")
        assert len(links) == sizes.aligned
        return (time.perf_counter() - started) / sizes.aligned

    seconds = interleave({"awesome-align": of_package, "fp32": of_ours}, bench.repeats)
    row = against("word alignment, fp32", "awesome-align", seconds, "fp32", 3)
    return Found([row], {f"alignment.{k}": v for k, v in medians(seconds).items()})
