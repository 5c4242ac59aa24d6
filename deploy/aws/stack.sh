#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stack.sh deploy BUCKET [PARAMETER=VALUE...]   puts the function's zip into the bucket, and makes or updates the stack
# stack.sh teardown                             takes the stack down; tables and key stay, since they hold data
# Needs AWS's command line, and credentials that it finds; STACK names the stack [handrail].
set -euo pipefail
cd "$(dirname "$0")/../.."
stack=${STACK:-handrail}
region=${AWS_REGION:-$(aws configure get region)}
usage() { sed -n '3,5s/^# //p' "$0" >&2; exit 2; }

deploy() {
  [ $# -ge 1 ] || usage
  local bucket=$1 key; shift
  make lambda-zip
  key=handrail-lambda-$(sha256sum build/handrail-lambda.zip | cut -c1-16).zip  # a new name, so that the function takes it
  aws s3 cp --region "$region" build/handrail-lambda.zip "s3://$bucket/$key"
  aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file deploy/aws/handrail.yaml \
    --capabilities CAPABILITY_IAM --parameter-overrides CodeBucket="$bucket" CodeKey="$key" Region="$region" "$@"
  aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --query 'Stacks[0].Outputs' --output table
}

teardown() {
  aws cloudformation delete-stack --region "$region" --stack-name "$stack"
  aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$stack"
}

case ${1:-} in
  deploy) shift; deploy "$@" ;;
  teardown) teardown ;;
  *) usage ;;
esac
