-- Pupil records to the cells of the table flows; one text for DuckDB and for Spark.
-- The last SELECT gives the columns of flows in their declared order.
-- A flag that is unknown for an entrant counts in the highest number and not in the lowest; a flag that is unknown for
-- every entrant of an exam cohort was not delivered and leaves its cells empty.
WITH graduates AS (
    SELECT
        vestiging,
        CASE WHEN leerweg = 'LWT' THEN 'BB' ELSE leerweg END AS leerweg,
        CASE WHEN profile IN ($technical_profiles) THEN 'technical' ELSE 'other' END AS origin,
        CAST(school_year AS BIGINT) AS school_year,
        entered_mbo,
        entered_mbo AND sector = '$technical_sector' AS mbo_technical,
        entered_mbo AND good_prospects AS good_prospects,
        entered_mbo AND switched AS switched,
        entered_mbo AND dropped_out AS dropped_out,
        entered_mbo AND sector = '$technical_sector' AND level >= 3 AS technical_level_34,
        entered_mbo AND qualified AS qualified,
        entered_mbo AND good_prospects_current AS good_prospects_current
    FROM pupil_records
),

cells AS (
    SELECT
        vestiging,
        leerweg,
        origin,
        school_year,
        count(*) AS leavers,
        count(*) FILTER (WHERE entered_mbo) AS mbo_entrants,
        count(*) FILTER (WHERE mbo_technical) AS mbo_technical_true,
        count(*) FILTER (WHERE good_prospects) AS good_prospects_true,
        count(*) FILTER (WHERE switched) AS switched_true,
        count(*) FILTER (WHERE dropped_out) AS dropped_out_true,
        count(*) FILTER (WHERE technical_level_34) AS technical_level_34_true,
        count(*) FILTER (WHERE qualified) AS qualified_true,
        count(*) FILTER (WHERE good_prospects_current) AS good_prospects_current_true,
        count(*) FILTER (WHERE mbo_technical IS NULL) AS mbo_technical_unknown,
        count(*) FILTER (WHERE good_prospects IS NULL) AS good_prospects_unknown,
        count(*) FILTER (WHERE switched IS NULL) AS switched_unknown,
        count(*) FILTER (WHERE dropped_out IS NULL) AS dropped_out_unknown,
        count(*) FILTER (WHERE technical_level_34 IS NULL) AS technical_level_34_unknown,
        count(*) FILTER (WHERE qualified IS NULL) AS qualified_unknown,
        count(*) FILTER (WHERE good_prospects_current IS NULL) AS good_prospects_current_unknown
    FROM graduates
    GROUP BY vestiging, leerweg, origin, school_year
),

cohorts AS (
    SELECT
        school_year,
        sum(mbo_technical_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS mbo_technical,
        sum(good_prospects_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS good_prospects,
        sum(switched_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS switched,
        sum(dropped_out_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS dropped_out,
        sum(technical_level_34_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS technical_level_34,
        sum(qualified_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS qualified,
        sum(good_prospects_current_unknown) < sum(mbo_entrants) OR sum(mbo_entrants) = 0 AS good_prospects_current
    FROM cells
    GROUP BY school_year
)

SELECT
    cells.vestiging,
    cells.leerweg,
    cells.origin,
    cells.school_year,
    leavers AS leavers_low,
    leavers AS leavers_high,
    mbo_entrants AS mbo_entrants_low,
    mbo_entrants AS mbo_entrants_high,
    CASE WHEN cohorts.mbo_technical THEN mbo_technical_true END AS mbo_technical_low,
    CASE WHEN cohorts.mbo_technical THEN mbo_technical_true + mbo_technical_unknown END AS mbo_technical_high,
    CASE WHEN cohorts.good_prospects THEN good_prospects_true END AS good_prospects_low,
    CASE WHEN cohorts.good_prospects THEN good_prospects_true + good_prospects_unknown END AS good_prospects_high,
    CASE WHEN cohorts.switched THEN switched_true END AS switched_low,
    CASE WHEN cohorts.switched THEN switched_true + switched_unknown END AS switched_high,
    CASE WHEN cohorts.dropped_out THEN dropped_out_true END AS dropped_out_low,
    CASE WHEN cohorts.dropped_out THEN dropped_out_true + dropped_out_unknown END AS dropped_out_high,
    CASE WHEN cohorts.technical_level_34 THEN technical_level_34_true END AS technical_level_34_low,
    CASE WHEN cohorts.technical_level_34
        THEN technical_level_34_true + technical_level_34_unknown END AS technical_level_34_high,
    CASE WHEN cohorts.qualified THEN qualified_true END AS qualified_low,
    CASE WHEN cohorts.qualified THEN qualified_true + qualified_unknown END AS qualified_high,
    CASE WHEN cohorts.good_prospects_current THEN good_prospects_current_true END AS good_prospects_current_low,
    CASE WHEN cohorts.good_prospects_current
        THEN good_prospects_current_true + good_prospects_current_unknown END AS good_prospects_current_high
FROM cells
INNER JOIN cohorts ON cells.school_year = cohorts.school_year
ORDER BY cells.vestiging, cells.leerweg, cells.origin, cells.school_year
