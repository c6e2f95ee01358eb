"""How far readers, masks and repeated measurements agree: intraclass correlation, kappa, overlap."""
