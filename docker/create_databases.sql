-- Beside Dagster's own database; run by the Postgres image when its volume is empty.
create database ledger;
create database mlflow;
