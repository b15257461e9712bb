// Says whom the default chain of AWS's SDK for JavaScript finds; a refusal is the error's name and text, and exit code 1.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

try {
  console.log((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn);
} catch (e) {
  for (let error = e; error; error = error.cause) {
    console.error(`${error.name}: ${error.message} ${error.Code ?? ''} ${error.$metadata?.requestId ?? ''}`);
  }
  process.exit(1);
}
