"""Name and code in the IBSI reference manual of every feature, and pyradiomics' feature of the same meaning.

Tags are those of the reference files: stem, then how slices and directions are put together (`cm_contrast_3D_avg`).
Source: Zwanenburg et al., Image biomarker standardisation initiative, reference manual, arXiv 1612.07003.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IbsiFeature:
    """One feature of the manual.

    Attributes
    ----------
    tag : str
    family, name : str
    code : str
        Four characters that never change, whatever the name.
    aggregation, aggregation_code : str
        How matrices of slices and directions are put together; "" where the family has no such choice.
    pyradiomics : str
        "class.Feature" of the same meaning, when the aggregation is pyradiomics' own; "" when it has none.
    """

    tag: str
    family: str
    name: str
    code: str
    aggregation: str = ""
    aggregation_code: str = ""
    pyradiomics: str = ""

    @property
    def title(self) -> str:
        """Family with aggregation, as the reference files name it."""
        return f"{self.family} ({self.aggregation})" if self.aggregation else self.family


# stem of the tag, code, pyradiomics' feature (- for none), name
_MORPHOLOGY = """
morph_volume RNU0 MeshVolume Volume (mesh)
morph_vol_approx YEKZ VoxelVolume Volume (voxel counting)
morph_area_mesh C0JK SurfaceArea Surface area (mesh)
morph_av 2PR5 SurfaceVolumeRatio Surface to volume ratio
morph_comp_1 SKGS - Compactness 1
morph_comp_2 BQWJ - Compactness 2
morph_sph_dispr KRCK - Spherical disproportion
morph_sphericity QCFX Sphericity Sphericity
morph_asphericity 25C7 - Asphericity
morph_com KLMA - Centre of mass shift
morph_diam L0JK Maximum3DDiameter Maximum 3D diameter
morph_pca_maj_axis TDIC MajorAxisLength Major axis length
morph_pca_min_axis P9VJ MinorAxisLength Minor axis length
morph_pca_least_axis 7J51 LeastAxisLength Least axis length
morph_pca_elongation Q3CK Elongation Elongation
morph_pca_flatness N17B Flatness Flatness
morph_vol_dens_aabb PBX1 - Volume density (AABB)
morph_area_dens_aabb R59B - Area density (AABB)
morph_vol_dens_aee 6BDE - Volume density (AEE)
morph_area_dens_aee RDD2 - Area density (AEE)
morph_vol_dens_conv_hull R3ER - Volume density (convex hull)
morph_area_dens_conv_hull 7T7F - Area density (convex hull)
morph_integ_int 99N0 - Integrated intensity
morph_moran_i N365 - Moran's I index
morph_geary_c NPT7 - Geary's C measure
"""
_LOCAL = """
loc_peak_loc VJGA - Local intensity peak
loc_peak_glob 0F91 - Global intensity peak
"""
_STATISTICS = """
stat_mean Q4LE Mean Mean
stat_var ECT3 Variance Variance
stat_skew KE2A Skewness Skewness
stat_kurt IPH6 Kurtosis (Excess) kurtosis
stat_median Y12H Median Median
stat_min 1GSF Minimum Minimum
stat_p10 QG58 10Percentile 10th percentile
stat_p90 8DWT 90Percentile 90th percentile
stat_max 84IY Maximum Maximum
stat_iqr SALO InterquartileRange Interquartile range
stat_range 2OJQ Range Range
stat_mad 4FUA MeanAbsoluteDeviation Mean absolute deviation
stat_rmad 1128 RobustMeanAbsoluteDeviation Robust mean absolute deviation
stat_medad N72L - Median absolute deviation
stat_cov 7TET - Coefficient of variation
stat_qcod 9S40 - Quartile coefficient of dispersion
stat_energy N8CA Energy Energy
stat_rms 5ZWQ RootMeanSquared Root mean square
"""
_HISTOGRAM = """
ih_mean X6K6 - Mean
ih_var CH89 - Variance
ih_skew 88K1 - Skewness
ih_kurt C3I7 - (Excess) kurtosis
ih_median WIFQ - Median
ih_min 1PR8 - Minimum
ih_p10 GPMT - 10th percentile
ih_p90 OZ0C - 90th percentile
ih_max 3NCY - Maximum
ih_mode AMMC - Mode
ih_iqr WR0O - Interquartile range
ih_range 5Z3W - Range
ih_mad D2ZX - Mean absolute deviation
ih_rmad WRZB - Robust mean absolute deviation
ih_medad 4RNL - Median absolute deviation
ih_cov CWYJ - Coefficient of variation
ih_qcod SLWD - Quartile coefficient of dispersion
ih_entropy TLU2 Entropy Entropy
ih_uniformity BJ5W Uniformity Uniformity
ih_max_grad 12CE - Maximum histogram gradient
ih_max_grad_g 8E6O - Maximum histogram gradient intensity
ih_min_grad VQB3 - Minimum histogram gradient
ih_min_grad_g RHQZ - Minimum histogram gradient intensity
"""
_VOLUME_HISTOGRAM = """
ivh_v10 BC2M - Volume fraction at 10% intensity
ivh_v90 BC2M - Volume fraction at 90% intensity
ivh_i10 GBPN - Intensity at 10% volume
ivh_i90 GBPN - Intensity at 90% volume
ivh_diff_v10_v90 DDTU - Volume fraction difference between 10% and 90% intensity
ivh_diff_i10_i90 CNV2 - Intensity difference between 10% and 90% volume
"""
_COOCCURRENCE = """
cm_joint_max GYBY MaximumProbability Joint maximum
cm_joint_avg 60VM JointAverage Joint average
cm_joint_var UR99 SumSquares Joint variance
cm_joint_entr TU9B JointEntropy Joint entropy
cm_diff_avg TF7R DifferenceAverage Difference average
cm_diff_var D3YU DifferenceVariance Difference variance
cm_diff_entr NTRS DifferenceEntropy Difference entropy
cm_sum_avg ZGXS SumAverage Sum average
cm_sum_var OEEB ClusterTendency Sum variance
cm_sum_entr P6QZ SumEntropy Sum entropy
cm_energy 8ZQL JointEnergy Angular second moment
cm_contrast ACUI Contrast Contrast
cm_dissimilarity 8S9J DifferenceAverage Dissimilarity
cm_inv_diff IB1Z Id Inverse difference
cm_inv_diff_norm NDRX Idn Normalised inverse difference
cm_inv_diff_mom WF0Z Idm Inverse difference moment
cm_inv_diff_mom_norm 1QCO Idmn Normalised inverse difference moment
cm_inv_var E8JP InverseVariance Inverse variance
cm_corr NI2N Correlation Correlation
cm_auto_corr QWB0 Autocorrelation Autocorrelation
cm_clust_tend DG8W ClusterTendency Cluster tendency
cm_clust_shade 7NFM ClusterShade Cluster shade
cm_clust_prom AE86 ClusterProminence Cluster prominence
cm_info_corr1 R8DG Imc1 Information correlation 1
cm_info_corr2 JN9H Imc2 Information correlation 2
"""
_RUN_LENGTH = """
rlm_sre 22OV ShortRunEmphasis Short runs emphasis
rlm_lre W4KF LongRunEmphasis Long runs emphasis
rlm_lgre V3SW LowGrayLevelRunEmphasis Low grey level run emphasis
rlm_hgre G3QZ HighGrayLevelRunEmphasis High grey level run emphasis
rlm_srlge HTZT ShortRunLowGrayLevelEmphasis Short run low grey level emphasis
rlm_srhge GD3A ShortRunHighGrayLevelEmphasis Short run high grey level emphasis
rlm_lrlge IVPO LongRunLowGrayLevelEmphasis Long run low grey level emphasis
rlm_lrhge 3KUM LongRunHighGrayLevelEmphasis Long run high grey level emphasis
rlm_glnu R5YN GrayLevelNonUniformity Grey level non-uniformity
rlm_glnu_norm OVBL GrayLevelNonUniformityNormalized Normalised grey level non-uniformity
rlm_rlnu W92Y RunLengthNonUniformity Run length non-uniformity
rlm_rlnu_norm IC23 RunLengthNonUniformityNormalized Normalised run length non-uniformity
rlm_r_perc 9ZK5 RunPercentage Run percentage
rlm_gl_var 8CE5 GrayLevelVariance Grey level variance
rlm_rl_var SXLW RunVariance Run length variance
rlm_rl_entr HJ9O RunEntropy Run entropy
"""
_SIZE_ZONE = """
szm_sze 5QRC SmallAreaEmphasis Small zone emphasis
szm_lze 48P8 LargeAreaEmphasis Large zone emphasis
szm_lgze XMSY LowGrayLevelZoneEmphasis Low grey level emphasis
szm_hgze 5GN9 HighGrayLevelZoneEmphasis High grey level emphasis
szm_szlge 5RAI SmallAreaLowGrayLevelEmphasis Small zone low grey level emphasis
szm_szhge HW1V SmallAreaHighGrayLevelEmphasis Small zone high grey level emphasis
szm_lzlge YH51 LargeAreaLowGrayLevelEmphasis Large zone low grey level emphasis
szm_lzhge J17V LargeAreaHighGrayLevelEmphasis Large zone high grey level emphasis
szm_glnu JNSA GrayLevelNonUniformity Grey level non-uniformity
szm_glnu_norm Y1RO GrayLevelNonUniformityNormalized Normalised grey level non-uniformity
szm_zsnu 4JP3 SizeZoneNonUniformity Zone size non-uniformity
szm_zsnu_norm VB3A SizeZoneNonUniformityNormalized Normalised zone size non-uniformity
szm_z_perc P30P ZonePercentage Zone percentage
szm_gl_var BYLV GrayLevelVariance Grey level variance
szm_zs_var 3NSA ZoneVariance Zone size variance
szm_zs_entr GU8N ZoneEntropy Zone size entropy
"""
_DISTANCE_ZONE = """
dzm_sde 0GBI - Small distance emphasis
dzm_lde MB4I - Large distance emphasis
dzm_lgze S1RA - Low grey level emphasis
dzm_hgze K26C - High grey level emphasis
dzm_sdlge RUVG - Small distance low grey level emphasis
dzm_sdhge DKNJ - Small distance high grey level emphasis
dzm_ldlge A7WM - Large distance low grey level emphasis
dzm_ldhge KLTH - Large distance high grey level emphasis
dzm_glnu VFT7 - Grey level non-uniformity
dzm_glnu_norm 7HP3 - Normalised grey level non-uniformity
dzm_zdnu V294 - Zone distance non-uniformity
dzm_zdnu_norm IATH - Normalised zone distance non-uniformity
dzm_z_perc VIWW - Zone percentage
dzm_gl_var QK93 - Grey level variance
dzm_zd_var 7WT1 - Zone distance variance
dzm_zd_entr GBDU - Zone distance entropy
"""
_TONE_DIFFERENCE = """
ngt_coarseness QCDE Coarseness Coarseness
ngt_contrast 65HE Contrast Contrast
ngt_busyness NQ30 Busyness Busyness
ngt_complexity HDEZ Complexity Complexity
ngt_strength 1X9X Strength Strength
"""
_DEPENDENCE = """
ngl_lde SODN SmallDependenceEmphasis Low dependence emphasis
ngl_hde IMOQ LargeDependenceEmphasis High dependence emphasis
ngl_lgce TL9H LowGrayLevelEmphasis Low grey level count emphasis
ngl_hgce OAE7 HighGrayLevelEmphasis High grey level count emphasis
ngl_ldlge EQ3F SmallDependenceLowGrayLevelEmphasis Low dependence low grey level emphasis
ngl_ldhge JA6D SmallDependenceHighGrayLevelEmphasis Low dependence high grey level emphasis
ngl_hdlge NBZI LargeDependenceLowGrayLevelEmphasis High dependence low grey level emphasis
ngl_hdhge 9QMG LargeDependenceHighGrayLevelEmphasis High dependence high grey level emphasis
ngl_glnu FP8K GrayLevelNonUniformity Grey level non-uniformity
ngl_glnu_norm 5SPA - Normalised grey level non-uniformity
ngl_dcnu Z87G DependenceNonUniformity Dependence count non-uniformity
ngl_dcnu_norm OKJI DependenceNonUniformityNormalized Normalised dependence count non-uniformity
ngl_dc_perc 6XV8 - Dependence count percentage
ngl_gl_var 1PFV GrayLevelVariance Grey level variance
ngl_dc_var DNX2 DependenceVariance Dependence count variance
ngl_dc_entr FCBV DependenceEntropy Dependence count entropy
ngl_dc_energy CAS9 - Dependence count energy
"""

_OF_DIRECTIONS = {
    "2D_avg": ("2D, averaged", "BTW3"),
    "2D_comb": ("2D, slice-merged", "SUJT"),
    "2_5D_avg": ("2.5D, direction-merged", "JJUI"),
    "2_5D_comb": ("2.5D, merged", "ZW7Z"),
    "3D_avg": ("3D, averaged", "ITBB"),
    "3D_comb": ("3D, merged", "IAZD"),
}
_OF_SLICES = {"2D": ("2D", "8QNN"), "2_5D": ("2.5D", "62GR"), "3D": ("3D", "KOBO")}
_PLAIN = {"": ("", "")}
_PYRADIOMICS_AGGREGATIONS = ("", "3D", "3D_avg")

# family, its rows, its aggregations, pyradiomics' class
_FAMILIES = (
    ("Morphology", _MORPHOLOGY, _PLAIN, "shape"),
    ("Local intensity", _LOCAL, _PLAIN, ""),
    ("Statistics", _STATISTICS, _PLAIN, "firstorder"),
    ("Intensity histogram", _HISTOGRAM, _PLAIN, "firstorder"),
    ("Intensity volume histogram", _VOLUME_HISTOGRAM, _PLAIN, ""),
    ("Co-occurrence matrix", _COOCCURRENCE, _OF_DIRECTIONS, "glcm"),
    ("Run length matrix", _RUN_LENGTH, _OF_DIRECTIONS, "glrlm"),
    ("Size zone matrix", _SIZE_ZONE, _OF_SLICES, "glszm"),
    ("Distance zone matrix", _DISTANCE_ZONE, _OF_SLICES, ""),
    ("Neighbourhood grey tone difference matrix", _TONE_DIFFERENCE, _OF_SLICES, "ngtdm"),
    ("Neighbouring grey level dependence matrix", _DEPENDENCE, _OF_SLICES, "gldm"),
)
FAMILIES = tuple(family for family, *_ in _FAMILIES)


def _features() -> dict[str, IbsiFeature]:
    found = {}
    for family, rows, aggregations, pyradiomics_class in _FAMILIES:
        for suffix, (aggregation, aggregation_code) in aggregations.items():
            for row in rows.strip().splitlines():
                stem, code, counterpart, name = row.split(maxsplit=3)
                tag = f"{stem}_{suffix}" if suffix else stem
                has_counterpart = counterpart != "-" and suffix in _PYRADIOMICS_AGGREGATIONS
                pyradiomics = f"{pyradiomics_class}.{counterpart}" if has_counterpart else ""
                found[tag] = IbsiFeature(tag, family, name, code, aggregation, aggregation_code, pyradiomics)
    return found


FEATURES = _features()


def stems(prefix: str) -> tuple[str, ...]:
    """Tags without aggregation of a family, "cm" say, in the manual's order."""
    rows = next(rows for _, rows, *_ in _FAMILIES if rows.strip().startswith(f"{prefix}_"))
    return tuple(row.split()[0] for row in rows.strip().splitlines())


def of_pyradiomics(feature_class: str, feature: str) -> tuple[IbsiFeature, ...]:
    """IBSI features that pyradiomics' feature stands for: one, two (ClusterTendency), or none (MCC, TotalEnergy)."""
    return tuple(entry for entry in FEATURES.values() if entry.pyradiomics == f"{feature_class}.{feature}")
