#include "tests/render/container_sample.hpp"
#include "tests/support/catch.hpp"

using namespace squall;
using namespace squall::render;

namespace {

using words = std::vector<std::string>;

std::vector<rendered_file> rendered(std::string_view sample) {
  auto of = read_sample(sample);
  if (of.cluster.tls.empty()) of.cluster.insecure = true;
  for (auto& group : of.gateways)
    if (group.tokens.empty()) group.flags["open"] = {"true"};
  return render_kubernetes(of);
}

/// The object of this kind, of this name.
YAML::Node object_of(const std::vector<rendered_file>& files, const std::string& kind,
                     const std::string& name) {
  for (const auto& file : files)
    for (const auto& each : YAML::LoadAll(file.text))
      if (each["kind"].as<std::string>() == kind && each["metadata"].IsDefined() &&
          each["metadata"]["name"].as<std::string>() == name)
        return each;
  return YAML::Node(YAML::NodeType::Undefined);
}

YAML::Node pod(const std::vector<rendered_file>& files, const std::string& name,
               const std::string& kind = "Deployment") {
  return object_of(files, kind, name)["spec"]["template"]["spec"];
}

/// Whether all labels of the selector are among those.
bool selects(const YAML::Node& selector, const YAML::Node& labels) {
  return std::all_of(selector.begin(), selector.end(), [&](const auto& label) {
    return labels[label.first.template as<std::string>()].IsDefined() &&
           labels[label.first.template as<std::string>()].template as<std::string>() ==
               label.second.template as<std::string>();
  });
}

} // namespace

TEST_CASE("Kubernetes has a file for each group, and kustomization.yaml names them all") {
  const auto files = rendered(whole_sample);
  words names;
  for (const auto& file : files)
    if (file.path != "kustomization.yaml") names.push_back(file.path.string());
  CHECK(names == words{"common.yaml", "gateway-front.yaml", "worker-compute.yaml", "worker-io.yaml",
                       "worker-jobs.yaml"});
  CHECK(words_of(YAML::Load(text_of(files, "kustomization.yaml"))["resources"]) == names);
}

TEST_CASE("pods have no rights") {
  const auto files = rendered(whole_sample);
  for (const auto* name : {"shop-front", "shop-compute", "shop-io", "shop-jobs"}) {
    const auto spec = pod(files, name);
    CHECK_FALSE(spec["automountServiceAccountToken"].as<bool>());
    CHECK_FALSE(spec["enableServiceLinks"].as<bool>());
    CHECK(spec["securityContext"]["runAsNonRoot"].as<bool>());
    CHECK(spec["securityContext"]["seccompProfile"]["type"].as<std::string>() == "RuntimeDefault");
    const auto container = spec["containers"][0]["securityContext"];
    CHECK(container["readOnlyRootFilesystem"].as<bool>());
    CHECK_FALSE(container["allowPrivilegeEscalation"].as<bool>());
    CHECK(words_of(container["capabilities"]["drop"]) == words{"ALL"});
  }
}

TEST_CASE("pods are given the time that the drain takes") {
  const auto files = rendered(whole_sample);
  const auto front = pod(files, "shop-front");
  const auto left = words_of(front["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]);
  CHECK(left == words{"sleep", "5"});
  CHECK(front["terminationGracePeriodSeconds"].as<int>() == 5 + 2 + 5);
  CHECK(pod(files, "shop-io")["terminationGracePeriodSeconds"].as<int>() == 120 + 5);
}

TEST_CASE("workers find every gateway by a name without an address of its own") {
  const auto files = rendered(whole_sample);
  const auto service = object_of(files, "Service", "shop-front-cluster")["spec"];
  CHECK(service["clusterIP"].as<std::string>() == "None");
  CHECK(service["publishNotReadyAddresses"].as<bool>());
  const auto front = object_of(files, "Deployment", "shop-front")["spec"]["template"];
  CHECK(selects(service["selector"], front["metadata"]["labels"]));
  const auto flags = object_of(files, "ConfigMap", "shop-io")["data"]["io.toml"].as<std::string>();
  CHECK(flags.find("join = 'shop-front-cluster:7411'") != flags.npos);
}

TEST_CASE("clients reach the port of the manifest") {
  const auto files = rendered(whole_sample);
  const auto port = object_of(files, "Service", "shop-front")["spec"]["ports"][0];
  CHECK(port["port"].as<int>() == 443);
  const auto container = pod(files, "shop-front")["containers"][0];
  CHECK(port["targetPort"].as<std::string>() == container["ports"][0]["name"].as<std::string>());
  CHECK(container["ports"][0]["containerPort"].as<int>() == 8'443);
  CHECK(container["readinessProbe"]["httpGet"]["scheme"].as<std::string>() == "HTTPS");
  CHECK(container["livenessProbe"]["httpGet"]["path"].as<std::string>() == "/livez");
}

TEST_CASE("only workers of the deployment reach the cluster port") {
  const auto files = rendered(whole_sample);
  const auto policy = object_of(files, "NetworkPolicy", "shop-gateway")["spec"];
  const auto front = object_of(files, "Deployment", "shop-front")["spec"]["template"]["metadata"];
  const auto worker = object_of(files, "Deployment", "shop-io")["spec"]["template"]["metadata"];
  CHECK(selects(policy["podSelector"]["matchLabels"], front["labels"]));
  CHECK_FALSE(selects(policy["podSelector"]["matchLabels"], worker["labels"]));
  REQUIRE(policy["ingress"].size() == 2);
  CHECK(policy["ingress"][0]["ports"][0]["port"].as<std::string>() == "clients");
  CHECK_FALSE(policy["ingress"][0]["from"].IsDefined());
  CHECK(policy["ingress"][1]["ports"][0]["port"].as<std::string>() == "cluster");
  const auto from = policy["ingress"][1]["from"][0]["podSelector"]["matchLabels"];
  CHECK(selects(from, worker["labels"]));
  CHECK_FALSE(selects(from, front["labels"]));
  CHECK(object_of(files, "NetworkPolicy", "shop-worker")["spec"]["ingress"].size() == 0);
}

TEST_CASE("a group with limits scales itself, and its replicas are not said") {
  const auto files = rendered(whole_sample);
  const auto scaler = object_of(files, "HorizontalPodAutoscaler", "shop-compute")["spec"];
  CHECK(scaler["scaleTargetRef"]["name"].as<std::string>() == "shop-compute");
  CHECK(scaler["minReplicas"].as<int>() == 2);
  CHECK(scaler["maxReplicas"].as<int>() == 9);
  CHECK(scaler["behavior"]["scaleDown"]["stabilizationWindowSeconds"].as<int>() == 120);
  const auto metric = scaler["metrics"][0]["external"];
  CHECK(metric["metric"]["name"].as<std::string>() == "squall_calls_waiting");
  CHECK(metric["metric"]["selector"]["matchLabels"]["kind"].as<std::string>() == "prime");
  CHECK(metric["target"]["averageValue"].as<std::string>() == "2");
  CHECK_FALSE(object_of(files, "Deployment", "shop-compute")["spec"]["replicas"].IsDefined());
  CHECK(object_of(files, "Deployment", "shop-io")["spec"]["replicas"].as<int>() == 3);
  CHECK_FALSE(object_of(files, "HorizontalPodAutoscaler", "shop-io").IsDefined());
}

TEST_CASE("a gateway with its queues in a file is a StatefulSet with a volume") {
  const auto files = rendered(lone_sample);
  const auto set = object_of(files, "StatefulSet", "lone-gateway")["spec"];
  CHECK(set["replicas"].as<int>() == 1);
  CHECK(set["serviceName"].as<std::string>() == "lone-gateway-cluster");
  const auto volume = set["volumeClaimTemplates"][0]["metadata"]["name"].as<std::string>();
  bool is_mounted = false;
  for (const auto& mount :
       pod(files, "lone-gateway", "StatefulSet")["containers"][0]["volumeMounts"])
    is_mounted = is_mounted || (mount["name"].as<std::string>() == volume &&
                                mount["mountPath"].as<std::string>() == "/var/lib/squall");
  CHECK(is_mounted);
  CHECK_FALSE(object_of(files, "Deployment", "lone-gateway").IsDefined());
}

TEST_CASE("a gateway with its queues in memory is never two, those on a database overlap") {
  const auto strategy = [](const std::vector<rendered_file>& files, const std::string& name) {
    return object_of(files, "Deployment", name)["spec"]["strategy"];
  };
  auto text = std::string(lone_sample);
  text.replace(text.find("sqlite:/srv/queues.db"), 21, "memory:");
  CHECK(strategy(rendered(text), "lone-gateway")["type"].as<std::string>() == "Recreate");
  const auto rolling = strategy(rendered(whole_sample), "shop-front");
  CHECK(rolling["rollingUpdate"]["maxUnavailable"].as<int>() == 0);
}

TEST_CASE("Secrets are named, and how to make them is told; no value is in any file") {
  const auto files = rendered(whole_sample);
  for (const auto& file : files)
    CHECK(file.text.find("hunter2") == file.text.npos);
  const auto spec = pod(files, "shop-front");
  const auto& told = text_of(files, "kustomization.yaml");
  words names;
  for (const auto& volume : spec["volumes"])
    if (volume["secret"].IsDefined())
      names.push_back(volume["secret"]["secretName"].as<std::string>());
  CHECK(names == words{"shop-cluster-tls", "shop-front-tls", "shop-front-tokens"});
  names.push_back("shop-front-environment");
  for (const auto& name : names)
    CHECK(told.find("create secret generic " + name + " ") != told.npos);
  for (const auto& variable : spec["containers"][0]["env"])
    if (variable["name"].as<std::string>() == "PGPASSWORD")
      CHECK(variable["valueFrom"]["secretKeyRef"]["name"].as<std::string>() ==
            "shop-front-environment");
}

TEST_CASE("what would be open to the whole cluster has to be said") {
  auto of = read_sample(lone_sample);
  CHECK_THROWS_WITH(render_kubernetes(of), Catch::Matchers::ContainsSubstring("tokens: FILE"));
  of.gateways.front().flags["open"] = {"true"};
  CHECK_THROWS_WITH(render_kubernetes(of), Catch::Matchers::ContainsSubstring("insecure: true"));
  of.cluster.insecure = true;
  CHECK_NOTHROW(render_kubernetes(of));
  of.name = "1st";
  CHECK_THROWS_WITH(render_kubernetes(of), Catch::Matchers::ContainsSubstring("digit"));
  of.name = std::string(50, 'x');
  CHECK_THROWS_WITH(render_kubernetes(of), Catch::Matchers::ContainsSubstring("too long"));
}
