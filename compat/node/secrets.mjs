// A workload that uses the secrets of a vault with the unmodified @azure/keyvault-secrets, whose challenge is verified as the
// SDK does by itself: secrets.mjs PLAY VAULT-URL. PLAY is officer (who may do all), user (who may read the one secret
// "shared") or none. Its identity comes from the managed-identity endpoint in its environment.
import { ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { play, refused, same } from "./play.mjs";

const [who, vault] = process.argv.slice(2);
const secrets = new SecretClient(vault, new ManagedIdentityCredential(), { retryOptions: { maxRetries: 0 } });
const forbidden = (promise) => refused("Forbidden", promise, "ForbiddenByRbac");
const soon = { intervalInMs: 100 };

// put gives a secret a value and gives back the version's name.
async function put(name, value, more) {
  const { properties } = await secrets.setSecret(name, value, { contentType: "text/plain", tags: { by: "keyvault-secrets" }, ...more });
  return properties.version;
}

// holds wants a value of a secret, of its newest version where none is named.
async function holds(name, value, version) {
  const got = await secrets.getSecret(name, { version });
  same([got.name, got.value, got.properties.tags], [name, value, { by: "keyvault-secrets" }]);
}

async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

async function set() {
  await put("first", "one");
  await holds("first", "one");
}

async function versions() {
  const made = [await put("versions", "one"), await put("versions", "two")];
  const found = (await all(secrets.listPropertiesOfSecretVersions("versions"))).map((v) => v.version);
  same(found.toSorted(), made.toSorted());
  await holds("versions", "two");
  await holds("versions", "one", made[0]);
  await holds("versions", "two", made[1]);
}

// A page has 25 names at most.
async function list() {
  const made = Array.from({ length: 30 }, (_, n) => `list-${String(n).padStart(2, "0")}`);
  for (const name of made) await put(name, "x");
  same((await all(secrets.listPropertiesOfSecrets())).map((s) => s.name), ["first", ...made, "versions"]);
  same((await all(secrets.listPropertiesOfSecrets().byPage())).length > 1, true);
}

// Dates are told and bar nobody, in Azure too.
async function dates() {
  const past = new Date(Math.trunc(Date.now() / 1000) * 1000 - 3_600_000);
  await put("dates", "over", { expiresOn: past });
  await holds("dates", "over");
  same((await secrets.getSecret("dates")).properties.expiresOn, past);
  await put("dates", "early", { notBefore: new Date(Date.now() + 3_600_000) });
  await holds("dates", "early");
}

async function disabled() {
  const version = await put("disabled", "kept");
  await secrets.updateSecretProperties("disabled", version, { enabled: false });
  await refused("Forbidden", secrets.getSecret("disabled"), "SecretDisabled");
  await refused("Forbidden", secrets.getSecret("disabled", { version }), "SecretDisabled");
  await secrets.updateSecretProperties("disabled", version, { enabled: true });
  await holds("disabled", "kept");
}

const remove = async (name) => (await secrets.beginDeleteSecret(name, soon)).pollUntilDone();

async function deleted() {
  const version = await put("deleted", "kept");
  const gone = await remove("deleted");
  same(gone.scheduledPurgeDate > gone.deletedOn, true);
  await refused("SecretNotFound", secrets.getSecret("deleted"));
  await refused("SecretNotFound", secrets.getSecret("deleted", { version }));
  await refused("Conflict", secrets.setSecret("deleted", "again"), "ObjectIsDeletedButRecoverable");
  await refused("SecretNotFound", secrets.beginDeleteSecret("deleted", soon));
  same((await all(secrets.listDeletedSecrets())).map((s) => s.name), ["deleted"]);
  await (await secrets.beginRecoverDeletedSecret("deleted", soon)).pollUntilDone();
  await refused("SecretNotFound", secrets.getDeletedSecret("deleted"));
  await holds("deleted", "kept");
}

// One that is made again under the name of a purged one has none of its versions.
async function purged() {
  const version = await put("purged", "one");
  await refused("SecretNotFound", secrets.purgeDeletedSecret("purged"));
  await remove("purged");
  await secrets.purgeDeletedSecret("purged");
  await refused("SecretNotFound", secrets.getDeletedSecret("purged"));
  await put("purged", "two");
  await refused("SecretNotFound", secrets.getSecret("purged", { version }));
  await holds("purged", "two");
}

async function missing() {
  await refused("SecretNotFound", secrets.getSecret("nothing"));
  await refused("SecretNotFound", secrets.getSecret("first", { version: "0123456789abcdef0123456789abcdef" }));
  await refused("NotSupported", secrets.backupSecret("first"));
}

// What the others are played with.
async function shared() {
  await put("shared", "for you");
  await put("own", "for nobody");
}

const one = () => holds("shared", "for you");

// All that is not reading the one secret.
async function other() {
  await forbidden(secrets.getSecret("own"));
  await forbidden(secrets.getSecret("nothing"));
  await forbidden(secrets.setSecret("shared", "mine"));
  await forbidden(secrets.beginDeleteSecret("shared", soon));
  await forbidden(secrets.updateSecretProperties("shared", "", { enabled: false }));
  await refused("Forbidden", secrets.listPropertiesOfSecrets().next()); // the SDK keeps no inner code of a list
}

// One answer, whether a secret is there or not.
async function none() {
  await forbidden(secrets.getSecret("shared"));
  await forbidden(secrets.getSecret("nothing"));
}

const plays = {
  officer: { set, versions, list, dates, disabled, deleted, purged, missing, shared },
  user: { one, other },
  none: { none },
};
await play(plays[who]);
