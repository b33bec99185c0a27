"""The same questions asked in DuckDB's SQL and in Polars: features, overload runs."""

from collections.abc import Callable
from pathlib import Path

from dianliang.engines.loading import HEAVY, OVER, Rules

FACTOR = float(Rules().power_factor)
LEAST = HEAVY.points


def duckdb_sql(root: Path) -> dict[str, float]:
    """List functions for features; unnest, sum, gaps and islands for runs."""
    import duckdb

    files, register = f"{root}/month=*/*.parquet", f"{root}/meters.parquet"
    con = duckdb.connect()
    con.execute("SET threads = 2; SET preserve_insertion_order = false")
    con.execute("SET enable_progress_bar = false")
    features = con.sql(
        f"""
        SELECT meter, day, list_sum(p) / 4000.0 AS kwh, list_max(p) AS peak,
               list_avg(p) / list_max(p) AS factor,
               (list_sum(p[1:28]) + list_sum(p[93:96])) / list_sum(p) AS valley,
               15 * len(list_filter(v, lambda x: x > 2354 OR x < 1980)) AS minutes
        FROM (SELECT meter, day, power_w::INT[] AS p, voltage_dv::SMALLINT[] AS v
              FROM read_parquet('{files}'))"""
    ).to_arrow_table()
    heavy, _, heavy_runs, over = con.sql(
        f"""
        WITH point AS (
            SELECT transformer, epoch(day) // 86400 * 96 + i AS t, sum(w) AS w,
                   any_value(capacity_kva) AS kva
            FROM (SELECT meter, day, unnest(power_w::INT[]) AS w,
                         generate_subscripts(power_w::INT[], 1) AS i FROM read_parquet('{files}'))
            JOIN read_parquet('{register}') USING (meter) GROUP BY ALL),
        rate AS (SELECT *, w >= kva * {float(HEAVY.share) * FACTOR * 1000} AS heavy,
                        w >= kva * {float(OVER.share) * FACTOR * 1000} AS over FROM point),
        island AS (SELECT *, t - row_number() OVER (PARTITION BY transformer, heavy ORDER BY t) AS g
                   FROM rate),
        run AS (SELECT transformer, g, count(*) AS n FROM island WHERE heavy GROUP BY ALL)
        SELECT (SELECT 15 * count(*) FROM rate WHERE heavy), (SELECT count(*) FROM rate),
               (SELECT count(*) FROM run WHERE n >= {LEAST}),
               (SELECT 15 * count(*) FROM rate WHERE over)"""
    ).fetchall()[0]
    con.register("told", features)
    told = con.sql("SELECT count(*), sum(kwh), sum(minutes), sum(valley) FROM told").fetchall()
    rows, kwh, minutes, valley = told[0]
    return {
        "rows": rows,
        "kwh": kwh,
        "voltage_minutes": float(minutes),
        "valley": valley,
        "heavy_minutes": heavy,
        "over_minutes": over,
        "heavy_runs": heavy_runs,
    }


def polars_lazy(root: Path) -> dict[str, float]:
    """Array expressions for features; explode, group, run-length for runs; streaming engine."""
    import polars as pl

    scan = pl.scan_parquet(f"{root}/month=*/*.parquet", hive_partitioning=False)
    p, v = pl.col("power_w"), pl.col("voltage_dv")
    wrong = v.arr.eval((pl.element() > 2354) | (pl.element() < 1980), as_list=False)
    night = (
        p.arr.slice(0, 28, as_array=True).arr.sum() + p.arr.slice(92, 4, as_array=True).arr.sum()
    )
    features = scan.select(
        pl.col("meter").cast(pl.String),
        "day",
        (p.arr.sum() / 4000).alias("kwh"),
        p.arr.max().alias("peak"),
        (p.arr.sum() / 96 / p.arr.max()).alias("factor"),
        (night / p.arr.sum()).alias("valley"),
        (wrong.arr.sum().cast(pl.Int64) * 15).alias("minutes"),
    ).collect(engine="streaming")
    register = pl.scan_parquet(root / "meters.parquet")
    points = (
        scan.select(pl.col("meter").cast(pl.String), "day", p.cast(pl.List(pl.Int64)).alias("w"))
        .join(register.select("meter", "transformer", "capacity_kva"), on="meter")
        .with_columns(pl.int_ranges(0, 96).alias("i"))
        .explode("w", "i")
        .group_by("transformer", "day", "i")
        .agg(pl.col("w").sum(), pl.col("capacity_kva").first())
        .collect(engine="streaming")
        .sort("transformer", "day", "i")
        .with_columns(
            (pl.col("w") >= pl.col("capacity_kva") * (float(HEAVY.share) * FACTOR * 1000)).alias(
                "heavy"
            ),
            (pl.col("w") >= pl.col("capacity_kva") * (float(OVER.share) * FACTOR * 1000)).alias(
                "over"
            ),
        )
    )
    change = (pl.col("heavy") != pl.col("heavy").shift()) | (
        pl.col("transformer") != pl.col("transformer").shift()
    )
    runs = (
        points.with_columns(change.fill_null(value=True).cum_sum().alias("g"))
        .filter("heavy")
        .group_by("g")
        .len()
    )
    return {
        "rows": features.height,
        "kwh": float(features["kwh"].sum()),
        "voltage_minutes": float(features["minutes"].sum()),
        "valley": float(features["valley"].sum()),
        "heavy_minutes": 15 * int(points["heavy"].sum()),
        "over_minutes": 15 * int(points["over"].sum()),
        "heavy_runs": runs.filter(pl.col("len") >= LEAST).height,
    }


PEERS: dict[str, Callable[[Path], dict[str, float]]] = {
    "DuckDB SQL": duckdb_sql,
    "Polars": polars_lazy,
}
