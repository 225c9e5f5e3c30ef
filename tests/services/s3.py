#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A throw-away S3 server (moto) on a free loopback port, for tests.

Prints one line `HOST:PORT ACCESS_KEY SECRET_KEY` and stops when standard input ends: it never
outlives the program that holds the other end. The bucket `lake` exists.

  --auth          checks signatures: only the printed key is let in
  --die-after=N   the whole server ends in the middle of the N-th request to the bucket
Exit code 77: moto is not installed.
"""
import logging
import os
import sys
import threading

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
try:
    import boto3
    import moto.settings
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server
except ImportError as error:
    print(f"moto is not installed: {error}", file=sys.stderr)
    sys.exit(77)

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    die_after = 0
    for argument in sys.argv[1:]:
        if argument.startswith("--die-after="):
            die_after = int(argument.partition("=")[2])
    application = DomainDispatcherApplication(create_backend_app)
    counter = {"armed": False, "seen": 0}

    def counting(environ, start_response):
        if counter["armed"] and environ["PATH_INFO"].startswith("/lake"):
            counter["seen"] += 1
            if die_after and counter["seen"] >= die_after:
                os._exit(1)
        return application(environ, start_response)

    server = make_server("127.0.0.1", 0, counting, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"127.0.0.1:{server.port}"
    options = {"endpoint_url": f"http://{endpoint}", "region_name": "us-east-1"}
    boto3.client("s3", **options).create_bucket(Bucket="lake")
    access_key, secret_key = "testing", "testing"
    if "--auth" in sys.argv:
        iam = boto3.client("iam", **options)
        iam.create_user(UserName="tarn")
        iam.put_user_policy(UserName="tarn", PolicyName="all", PolicyDocument=POLICY)
        key = iam.create_access_key(UserName="tarn")["AccessKey"]
        access_key, secret_key = key["AccessKeyId"], key["SecretAccessKey"]
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    counter["armed"] = True
    print(endpoint, access_key, secret_key, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
