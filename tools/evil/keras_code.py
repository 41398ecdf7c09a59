"""Keras models that run code, open files or reach the network when Keras loads or calls them: each
class of the CVEs of 2024 to 2026. The code in them does nothing, and Cairn must neither use nor
carry over any of it."""

import base64
import json
import marshal

import models
from collection import CODE, TARGET
from models import keras_layer, layer

CODE_BYTES = base64.b64encode(
    b"\xe3\0\0\0\0\0\0\0\0" + CODE.encode() + b"\0" * 20 + marshal.dumps(CODE)
).decode()
PICKLE = base64.b64encode(
    b"\x80\x04c" + b"os\nsystem\n" + b"X\x09\0\0\0" + CODE.encode() + b"\x85R."
).decode()
LAMBDA = {"class_name": "__lambda__", "config": {"value": CODE + CODE_BYTES}}


def builtin(module, function, **config):
    """A function of a module by its name, as CVE-2025-1550 calls it."""
    return {
        "module": module, "class_name": "function", "registered_name": "function",
        "config": function, **config,
    }


def called(module, name, *arguments):
    """A layer whose class is a function of any module, which is called with arguments."""
    return {
        "module": module, "class_name": name, "registered_name": None, "name": CODE,
        "config": {"name": CODE},
        "inbound_nodes": [{"args": list(arguments), "kwargs": {}}],
    }


# Name: a layer that is put into the model, why, and what `inspect` must say of it.
LAYERS = {
    "lambda-marshal": (
        layer("Lambda", "l", function=[CODE_BYTES, [CODE], None], function_type="lambda",
              module=CODE),
        "CVE-2024-3660, CVE-2025-9905: marshalled code of Keras 2", "Lambda"),
    "lambda-keras-3": (
        keras_layer("Lambda", "l", function=LAMBDA, arguments={CODE: CODE}),
        "CVE-2024-3660: marshalled code of Keras 3", "Lambda"),
    "lambda-function": (
        layer("Lambda", "l", function=CODE, function_type="function", module="os"),
        "a function of any module", "Lambda"),
    "lambda-gadget": (
        keras_layer("Lambda", "l", function=builtin("os", "system"), arguments={"c": CODE}),
        "CVE-2025-1550: os.system as the function", "Lambda"),
    "lambda-get-file": (
        keras_layer(
            "Lambda", "l", function=builtin("keras.utils", "get_file"),
            arguments={"origin": f"http://127.0.0.1:9/{CODE}", "fname": f"../{CODE}"}),
        "CVE-2025-8747: keras.utils.get_file writes any file", "Lambda"),
    "lambda-unsafe": (
        keras_layer(
            "Lambda", "l",
            function=builtin("keras.config", "enable_unsafe_deserialization"),
            arguments={CODE: 1}),
        "CVE-2025-9906: switches safe mode off", "Lambda"),
    "lambda-output-shape": (
        layer("Lambda", "l", function="relu", output_shape=[CODE_BYTES, None, None],
              output_shape_type="lambda", output_shape_module=CODE),
        "code as the output shape", "Lambda"),
    "lambda-mask": (
        keras_layer("Lambda", "l", function="relu", mask=LAMBDA), "code as the mask", "Lambda"),
    "module": (
        {**keras_layer("ReLU", "l"), "module": f"os.{CODE}", "registered_name": CODE},
        "CVE-2025-1550: a layer of any module", "(?i)os[.]evil|custom|module"),
    "registered": (
        {"module": None, "class_name": CODE, "registered_name": f"package>{CODE}",
         "config": {"name": "l"}},
        "a registered class that is not there", CODE),
    "called": (
        called("subprocess", "Popen", [CODE, "-c", CODE]),
        "CVE-2025-1550: subprocess.Popen as a layer, called with arguments", "(?i)popen"),
    "torch": (
        keras_layer("TorchModuleWrapper", "l", module=PICKLE, output_shape=None),
        "CVE-2025-49655: a pickled PyTorch module", "TorchModuleWrapper"),
    "torch-module": (
        {**keras_layer("TorchModuleWrapper", "l", module={
            "class_name": "__bytes__", "config": {"value": PICKLE + CODE}})},
        "CVE-2025-49655 in the newer form", "TorchModuleWrapper"),
    "saved-model": (
        keras_layer("TFSMLayer", "l", filepath=f"/tmp/{CODE}", call_endpoint="serve"),
        "CVE-2026-1462: a SavedModel of any folder", "TFSMLayer"),
    "jax": (
        keras_layer("JaxLayer", "l", call_fn=LAMBDA, init_fn=builtin("os", "system")),
        "functions of JaxLayer", "JaxLayer"),
    "flax": (
        keras_layer("FlaxLayer", "l", module=PICKLE, method=CODE), "FlaxLayer", "FlaxLayer"),
    "vocabulary-file": (
        keras_layer("StringLookup", "l", vocabulary=TARGET, oov_token=CODE),
        "CVE-2025-12058: the vocabulary is any file", "StringLookup"),
    "vocabulary-passwd": (
        keras_layer("IntegerLookup", "l", vocabulary="/etc/passwd", oov_token=CODE),
        "CVE-2025-12058: /etc/passwd as vocabulary", "IntegerLookup"),
    "vocabulary-url": (
        keras_layer("TextVectorization", "l", vocabulary=f"http://127.0.0.1:9/{CODE}",
                    standardize=builtin("os", "system")),
        "CVE-2025-12058: a request to any host", "TextVectorization"),
    "hub": (
        layer("KerasLayer", "l", handle=f"http://127.0.0.1:9/{CODE}"),
        "a module of TensorFlow Hub", "KerasLayer"),
    "tensorflow-operation": (
        layer("TFOpLambda", "l", function=f"io.read_file{CODE}"),
        "tf.io.read_file as a layer", "TFOpLambda"),
    "slicing": (
        layer("SlicingOpLambda", "l", function=CODE), "SlicingOpLambda", "SlicingOpLambda"),
    "operation": (
        {"module": "keras.src.ops.core", "class_name": "Map", "registered_name": "Map",
         "config": {"name": "l", "f": LAMBDA}},
        "an operation with a function", "Map"),
    "wrapper": (
        keras_layer("TimeDistributed", "l", layer=keras_layer(
            "Lambda", "inner", function=LAMBDA)),
        "a Lambda in a wrapper", "(?i)lambda|TimeDistributed"),
    "nested": (
        {"class_name": "Sequential", "config": {"name": "l", "layers": [
            {"class_name": "Sequential", "config": {"name": "m", "layers": [
                layer("Lambda", "inner", function=[CODE_BYTES, None, None])]}}]}},
        "a Lambda two models deep", "Lambda"),
    "activation": (
        layer("Activation", "l", activation=LAMBDA), "code as an activation", "(?i)lambda"),
    "activation-module": (
        layer("Activation", "l", activation=builtin("os", "system", name=CODE)),
        "os.system as an activation", "(?i)system|custom|module|function"),
    "activation-path": (
        layer("Activation", "l", activation=f"os.system{CODE}"), "an activation by its path",
        "(?i)system"),
    "dtype": (
        keras_layer("ReLU", "l", dtype={
            "module": CODE, "class_name": "DTypePolicy", "config": {"name": CODE},
            "registered_name": CODE}),
        "a class of any module as dtype", ""),
    "rescaling": (
        keras_layer("Rescaling", "l", scale=LAMBDA, offset=builtin("os", "system")),
        "code as a scale", ""),
    "numpy": (
        keras_layer("Rescaling", "l", scale={
            "class_name": "__numpy__", "config": {"value": [CODE], "dtype": "object"}}),
        "an array of objects", ""),
    "traversal-name": (
        layer("ReLU", f"../../../../tmp/{CODE}"),
        "CVE-2026-12479: a path as the name of a layer", ""),
    "traversal-name-absolute": (
        layer("ReLU", f"/tmp/{CODE}"), "CVE-2026-12479: an absolute path as name", ""),
}


def dense_with(**options):
    return {"class_name": "Dense", "config": {**models.DENSE["config"], **options}}


# Functions in the options of a layer that is there, and in what surrounds the model.
OPTIONS = {
    "activation-option": dense_with(activation=LAMBDA),
    "activation-option-module": dense_with(activation=builtin("os", "system", name=CODE)),
    "initializer": dense_with(kernel_initializer={
        "module": "os", "class_name": "system", "config": {"c": CODE}, "registered_name": CODE}),
    "regularizer": dense_with(kernel_regularizer=LAMBDA),
    "constraint": dense_with(bias_constraint=builtin(CODE, "exec")),
    "quantization": dense_with(quantization_config={"module": CODE, "class_name": CODE}),
}


def compiled(**options):
    return {
        "optimizer": "adam", "loss": "mse", "metrics": None, "weighted_metrics": None,
        "loss_weights": None, "run_eagerly": False, "steps_per_execution": 1, **options,
    }


COMPILED = {
    "loss": compiled(loss=LAMBDA),
    "loss-module": compiled(loss=builtin("os", "system", name=CODE)),
    "metrics": compiled(metrics=[builtin("builtins", "exec", name=CODE)]),
    "optimizer": compiled(optimizer={
        "module": "os", "class_name": "system", "config": {"command": CODE},
        "registered_name": CODE}),
    "schedule": compiled(optimizer={
        "module": "keras.optimizers", "class_name": "Adam", "registered_name": None,
        "config": {"learning_rate": LAMBDA}}),
}


def put(files, kind, name, config, why, told, loads):
    """A model in each form."""
    text = json.dumps(config)
    files.add(
        kind, f"{name}.h5", "hdf5", models.whole_model(config=text), why, loads, told=told,
        more={"diff": "0,1,65"},
    )
    files.add(kind, f"{name}.keras", "model", models.archive(config=text.encode()), why, loads,
              told=told)
    files.add(kind, f"{name}.json", "architecture", text.encode(), why, loads)


def add(files):
    kind = "keras: code"
    for name, (evil, why, told) in LAYERS.items():
        harmless = name in ("dtype", "traversal-name", "traversal-name-absolute")
        put(files, kind, f"code-{name}", models.tiny(evil), why, told,
            "0,65" if harmless else "65")
    for name, dense in OPTIONS.items():
        config = models.sequential(models.input_layer(), models.POOLING, dense)
        loads = "65" if name.startswith("activation") else "0,65"
        put(files, kind, f"code-{name}", config, f"code as the {name} of a layer", "", loads)
    for name, options in COMPILED.items():
        config = {**models.tiny(), "compile_config": options}
        files.add(
            kind, f"code-compiled-{name}.keras", "model",
            models.archive(config=json.dumps(config).encode()), f"code as the {name}", "0,65",
        )
    for name, key in ("build", "build_config"), ("module", "module"):
        config = {**models.tiny(), key: {"module": CODE, "class_name": CODE, "input_shape": CODE}}
        files.add(
            kind, f"code-top-{name}.keras", "model",
            models.archive(config=json.dumps(config).encode()), f"code in {key}", "0,65",
        )
    custom = {**models.tiny(), "class_name": CODE, "registered_name": f"evil>{CODE}"}
    put(files, kind, "code-custom-model", custom, "a model of a class of its own", CODE, "65")
    add_runs(files)
    add_duplicates(files)


def add_runs(files):
    """Runs whose settings and texts hold code, which `convert` could carry over."""
    described = models.tiny(layer("Lambda", "l", function=[CODE_BYTES, None, None]))

    def texts(file):
        file["training_state/environment"].attrs["command"] = PICKLE + CODE
        models.set_text(file["training_state"], "note", CODE_BYTES + CODE)

    def values(file):
        text = json.dumps({"x": LAMBDA, "y": [builtin("os", "system", name=CODE)]})
        file["training_state"].create_dataset("values_json", data=text, dtype=models.TEXT)

    def changes(file):
        text = json.dumps([{"step": 0, "name": "model", "from": "linear", "to": described}])
        file["training_state"].create_dataset("changes_json", data=text, dtype=models.TEXT)

    for name, content, why in [
        ("model", models.run(settings={"model": described}), "a Lambda in the model of a run"),
        ("setting", models.run(settings={"x": builtin(CODE, "f")}), "a setting of any module"),
        ("loss", models.run(settings={"loss": LAMBDA}), "code as the loss of a run"),
        ("texts", models.run(change=texts), "a pickled object as a text of a run"),
        ("values", models.run(change=values), "code in the values of a run"),
        ("changes", models.run(change=changes), "code in the changes of a run"),
    ]:
        files.add(
            "keras: code in runs", f"code-run-{name}.h5", "hdf5", content, why, "0,65",
            more={"diff": "0,1,65", "to-h5": "65", "resume": "0,65"},
        )


def add_duplicates(files):
    """Keys that occur twice: Python takes the last one."""
    kind = "keras: duplicate keys"
    harmless = json.dumps(layer("ReLU", "l"))
    evil = json.dumps(layer("Lambda", "l", function=[CODE_BYTES, None, None]))
    for name, first in [
        ("class-last", '{"class_name":"ReLU","config":{"name":"l"},"class_name":"Lambda"}'),
        ("class-first", '{"class_name":"Lambda","class_name":"ReLU","config":{"name":"l"}}'),
        ("escaped", '{"class_name":"ReLU","config":{"name":"l"},"class\\u005fname":"Lambda"}'),
        ("config", '{"class_name":"ReLU","config":{"name":"l"},"config":'
         f'{{"name":"l","function":["{CODE_BYTES}",null,null]}}}}'),
        ("name", '{"class_name":"ReLU","config":{"name":"l","name":"m"}}'),
        ("activation", '{"class_name":"Activation","config":{"name":"l","activation":"relu",'
         f'"activation":{json.dumps(LAMBDA)}}}}}'),
    ]:
        text = json.dumps(models.tiny(layer("ReLU", "l"))).replace(harmless, first)
        put_text(files, kind, f"duplicate-{name}", text, "a key twice in a layer")
    text = json.dumps(models.tiny(layer("ReLU", "l")))
    layers = text[text.index("[") : text.rindex("]") + 1]
    twice = text.replace('"layers": ', f'"layers": {layers}, "layers": ')
    twice = evil.join(twice.rsplit(harmless, 1))
    put_text(files, kind, "duplicate-layers", twice, "a Lambda in the second list of layers")
    top = text[:-1] + ', "config": ' + json.dumps(
        models.tiny(json.loads(evil))["config"]) + "}"
    put_text(files, kind, "duplicate-top", top, "a second model with a Lambda")


def put_text(files, kind, name, text, why):
    files.add(kind, f"{name}.h5", "hdf5", models.whole_model(config=text), why)
    files.add(kind, f"{name}.keras", "model", models.archive(config=text.encode()), why)
    files.add(kind, f"{name}.json", "architecture", text.encode(), why)
