// Kubernetes' own schemas, as `kubernetes-models` compiles them: each argument is a file of objects.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const yaml = require("yaml");

const MODULES = {
  v1: require("kubernetes-models/v1"),
  "apps/v1": require("kubernetes-models/apps/v1"),
  "autoscaling/v2": require("kubernetes-models/autoscaling/v2"),
  "networking.k8s.io/v1": require("kubernetes-models/networking.k8s.io/v1"),
  "policy/v1": require("kubernetes-models/policy/v1"),
};

// The validators let unknown names pass: each that they never looked at is one.
function watched(data, path, unread) {
  if (data === null || typeof data !== "object") return data;
  const proxies = new Map();
  if (!Array.isArray(data)) Object.keys(data).forEach((name) => unread.add(`${path}/${name}`));
  const look = (name) => {
    if (typeof name !== "string" || !Object.hasOwn(data, name)) return data[name];
    unread.delete(`${path}/${name}`);
    if (!proxies.has(name)) proxies.set(name, watched(data[name], `${path}/${name}`, unread));
    return proxies.get(name);
  };
  return new Proxy(data, { get: (_, name) => look(name) });
}

function errors(object) {
  const model = MODULES[object.apiVersion]?.[object.kind];
  if (!model) return [`unknown kind ${object.apiVersion} ${object.kind}`];
  const unread = new Set();
  const found = [];
  const validate = Object.getPrototypeOf(new model()).validate;
  try {
    validate.call(watched(object, "", unread));
  } catch (error) {
    found.push(error.message);
  }
  return found.concat([...unread].map((name) => `unknown name ${name}`));
}

module.exports = { errors };

const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", labels: { b: "c" } } };
assert.deepEqual(errors(config), []);
assert.equal(errors({ ...config, metadata: { name: 1 } }).length, 1);
assert.deepEqual(errors({ ...config, dota: {} }), ["unknown name /dota"]);

for (const file of process.argv.slice(2)) {
  const documents = yaml.parseAllDocuments(fs.readFileSync(file, "utf8"));
  assert.ok(documents.length > 0, file);
  for (const document of documents) {
    assert.deepEqual(document.errors, [], file);
    const object = document.toJS();
    assert.deepEqual(errors(object), [], `${file}: ${object.kind} ${object.metadata.name}`);
  }
}
