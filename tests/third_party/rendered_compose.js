// The Compose specification's schema, as `dclint` ships it: each argument is a Compose file.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const Ajv = require("ajv");
const addFormats = require("ajv-formats");
const yaml = require("yaml");

const source = path.join(__dirname, "node_modules/dclint/schemas/compose.schema.json");
const schema = JSON.parse(fs.readFileSync(source, "utf8"));
schema.$schema = "http://json-schema.org/draft-07/schema#"; // the name that Ajv knows it by
const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
ajv.addFormat("ports", true);
ajv.addFormat("expose", true);
ajv.addFormat("duration", /^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$/);
ajv.addFormat("subnet_ip_address", true);
const validate = ajv.compile(schema);

// It finds what is wrong.
assert.ok(!validate({ services: { a: { image: "a", read_onyl: true } } }));
assert.ok(!validate({ services: { a: { image: "a", cap_drop: "ALL" } } }));

for (const file of process.argv.slice(2)) {
  const content = yaml.parse(fs.readFileSync(file, "utf8"));
  assert.ok(validate(content), `${file}: ${ajv.errorsText(validate.errors, { separator: "\n" })}`);
  assert.ok(Object.keys(content.services).length > 0);
}
