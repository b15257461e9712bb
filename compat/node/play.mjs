// What the plays of Node share: steps with a name, and refusals that are held to a code and printed with the request id,
// so that the story can ask why.
export function same(got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

// refused holds a request to a code, and to an inner code that says more.
export async function refused(code, promise, inner) {
  let error;
  try {
    await promise;
  } catch (e) {
    error = e;
  }
  if (!error) throw new Error(`wanted ${code}, and it was allowed`);
  const codes = [error.code, error.details?.errorCode]; // by the name of the SDK
  if (!codes.includes(code) || (inner && error.details?.error?.innerError?.code !== inner)) {
    throw new Error(`wanted ${code} ${inner ?? ""}, got ${error.code} ${error.statusCode}: ${error.message}`);
  }
  console.log(`refused ${code} ${error.response.headers.get("x-ms-request-id")}`);
}

// refusedByAWS does so with what AWS's SDK throws, which is the client's own type of error if that is named, and gives the text.
export async function refusedByAWS(code, promise, Type = Error) {
  let error;
  try {
    await promise;
  } catch (e) {
    error = e;
  }
  if (!error || (error.Code ?? error.name) !== code) throw new Error(`wanted ${code}, got ${error?.Code ?? error?.name}: ${error?.message}`);
  if (!(error instanceof Type)) throw new Error(`${code} came as ${error.constructor.name}, not as ${Type.name}`);
  console.log(`refused ${code} ${error.$metadata.requestId}`);
  return error.message;
}

// play goes through the steps in their order and ends with 1 at the first that does not come out as it should.
export async function play(steps) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (e) {
      console.error(`${name}: ${e.code ?? ""} ${e.message}`);
      process.exit(1);
    }
    console.log(`ok ${name}`);
  }
}
