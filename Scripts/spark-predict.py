#!/usr/bin/env python3
"""Predicts a file of flows with ecmpctl on every core of a Spark cluster, or of this machine.

Each partition of the file is piped through `ecmpctl predict --snapshot SNAPSHOT --flows -`, which needs neither root nor the
router. What comes back is one row for each flow; this sums them up by nexthop and group. Beside pyspark (PyPI) and Java it
needs the program and the snapshot at the same paths on every worker; in local mode they are there.

  pip install pyspark
  ecmpctl snapshot save router.json
  Scripts/spark-predict.py --snapshot router.json flows.csv

The file is CSV with a header line as predict reads it. With --output DIRECTORY the predictions are written there, too.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from pyspark.sql import SparkSession
from pyspark.sql import functions as columns

SCHEMA = (
    "index long, src string, dst string, proto int, sport int, dport int, gateway string, dev string, "
    "nexthop_id long, group_id long, bucket int, hash long, certainty string"
)


def predictor(command, header):
    """What turns the lines of a partition into predictions."""

    def predict(lines):
        lines = iter(lines)
        first = next(lines, None)
        if first is None:
            return
        # The input goes through a file of its own: whoever writes into a pipe and reads from another one has to do both
        # at once.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as flows:
            flows.write(header + "\n" + first + "\n")
            flows.writelines(line + "\n" for line in lines)
            flows.flush()
            flows.seek(0)
            program = subprocess.Popen(command, stdin=flows, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            next(program.stdout, None)
            for line in program.stdout:
                yield line.rstrip("\n")
            complaint = program.stderr.read().strip()
            if program.wait() != 0:
                raise RuntimeError(complaint or f"{command[0]} ended with status {program.returncode}")

    return predict


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="See the head of this file for what it needs."
    )
    parser.add_argument("flows", help="CSV with a header line")
    parser.add_argument("--snapshot", required=True, help="state of the router (ecmpctl snapshot save)")
    parser.add_argument("--ecmpctl", default="ecmpctl", help="the program, as the workers find it")
    parser.add_argument("--partitions", type=int, help="pieces of the file (default: as Spark divides it)")
    parser.add_argument("--output", help="directory for the predictions as CSV")
    arguments = parser.parse_args()

    program = shutil.which(arguments.ecmpctl)
    if program is None:
        sys.exit(f"{arguments.ecmpctl}: no such program; give its path with --ecmpctl")
    command = [os.path.abspath(program), "predict", "--snapshot", os.path.abspath(arguments.snapshot), "--flows", "-"]

    spark = SparkSession.builder.appName("ecmpctl predict").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    text = spark.sparkContext.textFile(arguments.flows, arguments.partitions)
    header = text.first()
    rows = text.filter(lambda line: line != header).mapPartitions(predictor(command, header))
    predictions = spark.read.schema(SCHEMA).csv(rows).drop("index").cache()

    if arguments.output:
        predictions.write.option("header", True).csv(arguments.output)
    summary = predictions.groupBy("gateway", "dev", "group_id").agg(
        columns.count("*").alias("flows"), columns.sum((columns.col("certainty") != "exact").cast("int")).alias("uncertain")
    )
    summary.orderBy(columns.desc("flows")).show(1000, truncate=False)
    spark.stop()


if __name__ == "__main__":
    main()
