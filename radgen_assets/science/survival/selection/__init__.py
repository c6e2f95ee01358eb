"""Which factors a Cox model takes: backward by AIC, by P as many papers do, by a LASSO or elastic-net penalty."""
