"""The hazard ratios and AUC intervals of papers A, B and C, with what the audit must say (METHODS, contradictions).

Hazard ratios: row, n (None where it is no ratio of two groups, or n is not told), printed text, log_offset, p_implied,
min_events, flags. A = Yan 2021, B = Smedley 2020, C = Xu 2022 (T3, T4 = its Tables 3 and 4).
"""

from __future__ import annotations

HAZARD_RATIOS = (
    ("A7 external", 77, "8.340 (6.540-18.430) < 0.001", -0.53, 1e-15, 57, "ASYM"),
    ("A7 TCIA", 35, "10.180 (1.551-39.790) < 0.001", 0.16, 0.0051, 6, "ASYM P_DIFF"),
    ("A7 radiogenomics", 78, "8.154 (2.104-21.600) < 0.001", 0.16, 0.0004, 11, "ASYM"),
    ("A7 training", 381, "11.850 (7.931-17.700) < 0.001", 0.00, 2e-33, 95, ""),
    ("A7 tuning", 96, "6.623 (3.168-13.840) < 0.001", 0.00, 5e-7, 28, ""),
    ("A7 internal", 99, "4.471 (2.204-9.071) < 0.001", 0.00, 3e-5, 31, ""),
    ("A8 adjusted", None, "9.169 (6.888-12.200) < 0.001", 0.00, 4e-52, 188, ""),
    ("A17 radiogenomics", 78, "2.741 (1.017-7.388) 0.018", 0.00, 0.046, 16, "P_DIFF"),
    ("A17 TCGA-LGG", 509, "1.036 (1.015-1.058) < 0.001", -0.01, 0.0008, 35_702, "EVENTS"),
    ("A17 TCGA-GBM", 154, "2.105 (1.998-2.213) 0.025", 0.02, 3e-179, 5_884, "P_DIFF EVENTS"),
    ("A17 CGGA", 657, "1.056 (1.008-1.103) 0.008", 0.03, 0.018, 7_577, "EVENTS"),
    ("T3 training grade", 112, "1.96 (1.49-2.43) 0.188", 0.12, 7e-8, 257, "LINEAR CI_VS_P P_DIFF EVENTS"),
    ("T3 training O/A", 112, "0.31 (0.06-0.56) < 0.001", 0.47, 0.040, 12, "LINEAR P_DIFF"),
    ("T3 training OA/A", 112, "2.27 (0.97-3.57) 0.060", 0.31, 0.014, 36, "LINEAR P_DIFF"),
    ("T3 training enhancement", 112, "1.55 (0.86-2.24) 0.140", 0.23, 0.073, 67, "LINEAR"),
    ("T3 training signature", 112, "5.69 (4.39-6.99) < 0.001", 0.12, 1e-48, 284, "LINEAR EVENTS"),
    ("T3 validation grade", 61, "3.77 (0.88-6.66) 0.073", 0.44, 0.010, 15, "LINEAR P_DIFF"),
    ("T3 validation O/A", 61, "0.17 (0.04-0.30) 0.020", 0.44, 0.0006, 15, "LINEAR P_DIFF"),
    ("T3 validation OA/A", 61, "1.44 (0.23-2.65) 0.699", 0.50, 0.56, 10, "LINEAR"),
    ("T3 validation enhancement", 61, "3.65 (1.85-5.45) 0.059", 0.26, 3e-6, 53, "LINEAR CI_VS_P P_DIFF"),
    ("T3 validation signature", 61, "6.28 (4.32-8.23) < 0.001", 0.16, 5e-29, 148, "LINEAR EVENTS"),
    ("T4 training grade", 112, "1.85 (1.49-2.21) 0.026", 0.10, 1e-9, 396, "LINEAR P_DIFF EVENTS"),
    ("T4 training O/A", 112, "0.35 (0.19-0.51) < 0.001", 0.24, 3e-5, 63, "LINEAR"),
    ("T4 training OA/A", 112, "2.22 (0.97-3.47) 0.059", 0.30, 0.014, 38, "LINEAR P_DIFF"),
    ("T4 training enhancement", 112, "3.26 (2.59-3.93) 0.032", 0.10, 1e-28, 353, "LINEAR P_DIFF EVENTS"),
    ("T4 validation grade", 61, "5.26 (1.95-8.57) 0.009", 0.34, 1e-5, 28, "LINEAR P_DIFF"),
    ("T4 validation O/A", 61, "0.17 (0.04-0.30) 0.011", 0.44, 0.0006, 15, "LINEAR P_DIFF"),
    ("T4 validation OA/A", 61, "2.38 (1.40-3.36) 0.017", 0.21, 0.0001, 80, "LINEAR P_DIFF EVENTS"),
    ("T4 validation enhancement", 61, "5.57 (3.21-7.93) 0.002", 0.22, 1e-13, 75, "LINEAR P_DIFF EVENTS"),
    ("T3 training age", None, "1.03 (1.01-1.06) 0.003", -0.19, 0.016, None, ""),
    ("T4 training age", None, "1.04 (1.02-1.06) < 0.001", 0.01, 6e-5, None, ""),
    ("T3, T4 validation age", None, "1.08 (1.03-1.14) 0.003", -0.07, 0.0029, None, ""),
)

# B12, adjusted, n = 127: overall survival, then progression-free survival. The clean control: all pass.
CONTROL_HAZARD_RATIOS = (
    "0.80 (0.53-1.20) 0.280",
    "2.30 (1.09-4.85) 0.029",
    "0.79 (0.53-1.20) 0.273",
    "2.06 (0.95-4.43) 0.066",
    "4.36 (1.47-12.9) 0.008",
    "0.11 (0.03-0.45) 0.002",
    "3.45 (1.75-6.82) < 0.001",
    "10.7 (2.48-46.5) 0.002",
    "0.31 (0.10-0.98) 0.045",
    "2.38 (0.93-6.10) 0.071",
    "0.80 (0.48-1.34) 0.394",
    "1.96 (0.89-4.30) 0.094",
    "1.25 (0.77-2.04) 0.373",
    "1.61 (0.96-2.71) 0.072",
    "4.20 (1.89-9.33) < 0.001",
    "2.24 (1.27-3.96) 0.006",
    "0.06 (0.01-0.47) 0.008",
    "2.50 (1.44-4.33) 0.001",
    "1.91 (0.94-3.92) 0.076",
    "5.79 (1.87-18.0) 0.002",
    "0.46 (0.20-1.05) 0.066",
    "0.36 (0.08-1.60) 0.180",
    "1.79 (0.98-3.30) 0.060",
    "2.44 (0.81-7.39) 0.114",
)

# Paper C: model, n positive and negative, auc (interval), ratio, n_needed, Hanley-McNeil interval
AREAS = (
    ("Integrated, patches", 58, 35, "0.945 (0.938-0.952)", 6.4, 3_800, "0.900-0.990"),
    ("Integrated, patches, SE", 58, 35, "0.958 (0.955-0.961)", 13.0, 15_700, "0.919-0.997"),
    ("Integrated, complete MRI", 58, 35, "0.904 (0.898-0.910)", 10.0, 9_400, "0.844-0.964"),
    ("Integrated, complete, SE", 58, 35, "0.932 (0.928-0.936)", 12.6, 14_700, "0.882-0.982"),
    ("CNN, patches", 58, 35, "0.846 (0.839-0.855)", 9.7, 8_700, "0.769-0.923"),
    ("CNN, patches, SE", 58, 35, "0.852 (0.846-0.858)", 12.6, 14_800, "0.776-0.928"),
    ("CNN, complete MRI", 58, 35, "0.801 (0.794-0.811)", 10.3, 9_900, "0.713-0.889"),
    ("CNN, complete, SE", 58, 35, "0.794 (0.786-0.802)", 11.2, 11_600, "0.705-0.883"),
    ("Radiomics, T1-Gd", 58, 35, "0.894 (0.892-0.896)", 31.8, 93_900, "0.830-0.958"),
    ("C8 T1-Gd", 56, 56, "0.783 (0.774-0.792)", 9.5, 10_100, "0.698-0.868"),
    ("C8 T1", 56, 56, "0.754 (0.726-0.781)", 3.3, 1_200, "0.664-0.844"),
    ("C8 T2", 56, 56, "0.638 (0.606-0.670)", 3.2, 1_150, "0.536-0.740"),
)

# The same test set of 93 (58 HGG): accuracy, sensitivity, precision, implied prevalence
CLASSIFICATIONS = (
    ("Integrated, patches", 0.922, 0.923, 0.962, 0.687),
    ("Integrated, patches, SE", 0.941, 0.971, 0.931, 0.584),
    ("Integrated, complete MRI", 0.871, 0.912, 0.891, 0.646),
    ("Integrated, complete, SE", 0.881, 0.901, 0.872, 0.515),
    ("CNN, patches", 0.868, 0.912, 0.860, 0.558),
    ("CNN, patches, SE", 0.874, 0.931, 0.841, 0.514),
    ("CNN, complete MRI", 0.822, 0.873, 0.797, 0.510),
    ("CNN, complete, SE", 0.833, 0.908, 0.804, 0.533),
)
