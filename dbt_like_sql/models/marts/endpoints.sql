with

patients as (
    select * from {{ ref('patients') }}
),

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

-- a cohort may be declared as if all times were known: where no living patient has one, leaving the living out would
-- keep those who died early, and bias every estimate
whose_times_are_known as (
    select
        cohort,
        coalesce(bool_or(event and time_months is not null), false)
        and not coalesce(bool_or(not event and time_months is not null), false)
        and coalesce(bool_or(not coalesce(event, false) and time_months is null), false) as of_the_dead_only
    from patients
    where has_clinical
    group by cohort
),

overall_survival as (
    select
        patients.patient_key,
        patients.cohort,
        'overall_survival' as endpoint,
        patients.time_months,
        patients.event,
        case
            when patients.excluded_reason is not null then 'excluded by declaration: ' || patients.excluded_reason
            when not patients.has_clinical then 'no clinical row'
            when cohorts.times_known_for = 'dead_only' or whose_times_are_known.of_the_dead_only
                then 'times are known for the dead only in this cohort'
            when patients.time_months is null then 'time missing'
            when patients.event is null then 'event missing'
        end as reason
    from patients
    left join cohorts on patients.cohort = cohorts.cohort
    left join whose_times_are_known on patients.cohort = whose_times_are_known.cohort
),

endpoints as (
    select
        patient_key,
        cohort,
        endpoint,
        time_months,
        event,
        reason is null as usable,
        reason
    from overall_survival
)

select * from endpoints
