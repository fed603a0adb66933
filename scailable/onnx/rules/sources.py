"""Where the rules come from."""

REQUIREMENTS = (
    "Nx AI Manager documentation, ONNX requirements: "
    "https://nx.docs.scailable.net/for-data-scientists/onnx-requirements"
)
OLD_NAMED_IO = "Scailable AI Manager documentation (docs.scailable.net), named inputs and outputs"
EXPORT_TOOLS = "Export recipes of the vendor: https://github.com/scailable/nxai-model-to-onnx"
SCLBLONNX = "sclblonnx 0.3.0: https://github.com/scailable/sclblonnx"
RUNTIMES = (
    "Device runtimes: ONNX Runtime 1.16.3 on aarch64, 1.17.3 on x86_64 "
    "(https://github.com/OAAX-standard/reference-implementation)"
)
ONNX_RUNTIME = (
    "ONNX Runtime, which runs the model on the devices: https://github.com/microsoft/onnxruntime"
)
HAILO = "Nx AI Manager documentation, Hailo support: https://nx.docs.scailable.net"
SPECIFICATION = "ONNX specification: https://github.com/onnx/onnx/blob/main/docs/IR.md"
EXTERNAL_DATA = "ONNX external data: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md"
CHECKER = "onnx.checker of the installed onnx package"
ONE_FILE = "An upload is one file"
LIMITS = "A check is bounded in time and memory, whatever the file holds"
NORMALISATION = (
    "Nx AI Manager documentation, normalisation at upload: https://nx.docs.scailable.net"
)
OAAX = "OAAX documentation: https://github.com/OAAX-standard/OAAX"
HAILO_TOOLCHAIN = (
    "Conversion toolchain for Hailo: https://github.com/OAAX-standard/hailo-acceleration"
)
SURGERY = "Metadata as written by third-party export tools for the Nx cloud"
