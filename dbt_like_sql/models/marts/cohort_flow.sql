with

patients as (
    select * from {{ ref('patients') }}
),

endpoints as (
    select * from {{ ref('endpoints') }}
),

artifact_states as (
    select * from {{ ref('stg_artifact_states') }}
),

-- every branch begins behind the steps of branch 'all'; steps with an asset need its artifact
steps as (
    select *
    from (
        values
        (1, 'declared', null, 'all', null),
        (2, 'not_excluded', 'declared', 'all', null),
        (3, 'has_images', 'not_excluded', 'imaging', null),
        (4, 'volumes', 'has_images', 'imaging', 'imaging/volumes'),
        (5, 'registered_volumes', 'volumes', 'imaging', 'imaging/registered_volumes'),
        (6, 'tumour_masks', 'registered_volumes', 'imaging', 'imaging/tumour_masks'),
        (7, 'radiomics', 'tumour_masks', 'imaging', 'features/radiomics'),
        (8, 'deep_features', 'radiomics', 'imaging', 'features/deep_features'),
        (9, 'has_expression', 'not_excluded', 'expression', null),
        (10, 'expression_matrix', 'has_expression', 'expression', 'expression/matrix'),
        (11, 'pathway_activity', 'expression_matrix', 'expression', 'expression/pathway_activity'),
        (12, 'overall_survival', 'not_excluded', 'survival', null),
        (13, 'idh_status', 'not_excluded', 'molecular', null)
    ) as listed (step_order, step, parent_step, branch, asset)
),

patient_steps as (
    select
        patients.patient_key,
        patients.cohort,
        patients.excluded_reason,
        patients.has_images,
        patients.has_expression,
        patients.has_radiomics,
        patients.has_deep_features,
        patients.has_pathway_activity,
        patients.idh_status,
        steps.step_order,
        steps.step,
        steps.parent_step,
        steps.branch,
        steps.asset
    from patients
    cross join steps
),

-- an asset of the whole cohort has one state, which holds for all of its patients
states as (
    select
        patient_steps.patient_key,
        patient_steps.step,
        coalesce(of_patient.state, of_cohort.state) as state,
        coalesce(of_patient.reason, of_cohort.reason) as reason
    from patient_steps
    left join artifact_states as of_patient
        on
            patient_steps.patient_key = of_patient.patient_key
            and patient_steps.asset = of_patient.asset
    left join artifact_states as of_cohort
        on
            patient_steps.cohort = of_cohort.cohort
            and patient_steps.asset = of_cohort.asset
            and of_cohort.patient_key is null
),

-- what stands in the way at each step by itself; null: nothing
obstacles as (
    select
        patient_steps.patient_key,
        patient_steps.step_order,
        patient_steps.step,
        patient_steps.branch,
        case
            when patient_steps.step = 'not_excluded'
                then 'excluded by declaration: ' || patient_steps.excluded_reason
            when patient_steps.step = 'has_images' and not patient_steps.has_images
                then 'no scan was found'
            when patient_steps.step = 'has_expression' and not patient_steps.has_expression
                then 'the expression matrix holds no sample'
            when patient_steps.step = 'overall_survival'
                then endpoints.reason
            when patient_steps.step = 'idh_status' and patient_steps.idh_status is null
                then 'IDH status missing'
            when patient_steps.asset is not null and states.state is null
                then 'not made yet'
            when patient_steps.asset is not null and states.state <> 'done'
                then concat_ws(': ', states.state, states.reason)
            when patient_steps.step = 'radiomics' and not patient_steps.has_radiomics
                then 'done, but no feature has a value'
            when patient_steps.step = 'deep_features' and not patient_steps.has_deep_features
                then 'done, but the embedding has no value'
            when patient_steps.step = 'pathway_activity' and not patient_steps.has_pathway_activity
                then 'done, but no gene set has a score'
        end as obstacle
    from patient_steps
    left join states on patient_steps.patient_key = states.patient_key and patient_steps.step = states.step
    left join endpoints
        on
            patient_steps.patient_key = endpoints.patient_key
            and patient_steps.step = endpoints.endpoint
),

-- the first obstacle on the way to a step decides it and all that follow in its branch
first_obstacles as (
    select
        patient_steps.patient_key,
        patient_steps.step,
        min(obstacles.step_order) as left_at_order,
        arg_min(obstacles.obstacle, obstacles.step_order) as obstacle
    from patient_steps
    inner join obstacles
        on
            patient_steps.patient_key = obstacles.patient_key
            and patient_steps.step_order >= obstacles.step_order
            and obstacles.branch in ('all', patient_steps.branch)
    where obstacles.obstacle is not null
    group by patient_steps.patient_key, patient_steps.step
),

cohort_flow as (
    select
        patient_steps.patient_key,
        patient_steps.cohort,
        cast(patient_steps.step_order as bigint) as step_order,
        patient_steps.step,
        patient_steps.parent_step,
        patient_steps.branch,
        first_obstacles.obstacle is null as included,
        first_obstacles.obstacle is not null and first_obstacles.left_at_order = patient_steps.step_order as left_here,
        first_obstacles.obstacle as reason
    from patient_steps
    left join first_obstacles
        on patient_steps.patient_key = first_obstacles.patient_key and patient_steps.step = first_obstacles.step
)

select * from cohort_flow
