with

patients as (
    select * from {{ ref('patients') }}
),

extra as (
    select * from {{ ref('stg_clinical_extra') }}
),

-- a sheet may hold rows of patients who are not declared
extra_of_patients as (
    select
        extra.patient_key,
        extra.cohort,
        extra.column_name,
        extra.value,
        extra.kind,
        extra.unit
    from extra
    inner join patients on extra.patient_key = patients.patient_key
)

select * from extra_of_patients
