"""The model card of an encoder that was trained here: what it is, what it saw, what came out, what it is not for."""

from __future__ import annotations

from radgen_assets.contracts.settings import canonical_json
from radgen_assets.science.deep.encoder import ARCHITECTURE, N_FEATURES
from radgen_assets.science.deep.pretraining import TrainingResult
from radgen_assets.science.deep.settings import EmbeddingSettings, PretrainingSettings


def encoder_card(
    result: TrainingResult, pretraining: PretrainingSettings, embedding: EmbeddingSettings, *, trained_on: str
) -> str:
    """Markdown.

    Parameters
    ----------
    trained_on : str
        Cohorts and number of persons, in words; never ids.
    """
    first, last = (result.metrics["loss"][at] for at in (0, -1))
    accuracy = result.metrics["paired_view_accuracy"]
    size = " x ".join(str(edge) for edge in embedding.input_shape)
    warnings = "".join(f"- {warning}\n" for warning in result.warnings)
    return f"""\
# {embedding.encoder}

3-D ResNet18 ({ARCHITECTURE["network"]}), {N_FEATURES} values after average pooling. **The first convolution has stride
{ARCHITECTURE["conv1_t_stride"]}**, which MONAI's default has not; the weights alone do not tell.

- Input: {embedding.sequence}, {size} voxels of {embedding.voxel_mm:g} mm around the whole tumour, in standard
  deviations of the brain, 0 outside it.
- Trained on: {trained_on}; {result.n_crops} crops, no labels. Seed {pretraining.seed}.
- Method: contrastive (SimCLR), {len(result.metrics["loss"])} epochs; loss {first:.2f} in the first and {last:.2f} in
  the last; {accuracy[0]:.0%} and {accuracy[-1]:.0%} of views found their partner among {result.n_crops}.
- Effective rank of the embeddings of its training crops: {result.effective_rank:.1f} (untrained network:
  {result.effective_rank_untrained:.1f}; at most {min(result.n_crops - 1, N_FEATURES)}).
{warnings}
Neither a falling loss nor a high rank shows that the values predict anything: that is a study's to show, beside its
clinical baseline. Persons that it learnt from are persons of this fit. Not for clinical use.

Settings: `{canonical_json(pretraining.model_dump(mode="json"))}`
"""
