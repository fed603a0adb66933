"""Which rules look after which requirement; `INPUT-001` is short for `ONNX-INPUT-001`."""

# R1 to R32: what the vendor's documents and tools ask for, and the rules that follow from it.
REQUIRED = (
    (
        "One input is the image, named `image-`; a single unnamed candidate is taken for it.",
        "INPUT-001, INPUT-002, INPUT-003",
    ),
    (
        "The image is float32 of shape (1,C,H,W) or (1,H,W,C), C 1 or 3.",
        "INPUT-004, INPUT-005, INPUT-008, INPUT-009",
    ),
    (
        "The second axis tells the layout: up to 3 is NCHW, more is NHWC.",
        "INPUT-010 where both would fit",
    ),
    (
        "The sizes of inputs are fixed; those of values inside the graph need not be.",
        "INPUT-006, INPUT-007, SHAPE-001",
    ),
    ("Old AI Managers took an image without a batch.", "INPUT-017"),
    ("`nms_sensitivity-` is one float32.", "INPUT-011"),
    ("`mask-` is a bool for every pixel of the image.", "INPUT-012"),
    ("No other input is fed, but for two that old AI Managers knew.", "INPUT-013, INPUT-014"),
    (
        "Names follow `name-key:value;key:value`.",
        "NAME-001 with the character at which a bad piece starts, NAME-002",
    ),
    (
        "`scores-0:Cat;1:Dog` is float32 of shape (1,N) or (N), N the number of labels.",
        "OUTPUT-002, OUTPUT-003, OUTPUT-008, OUTPUT-010, OUTPUT-014",
    ),
    (
        "`bboxes-format:xyxysc;0:Person` is float32 with a column for each letter of the format.",
        "OUTPUT-004, OUTPUT-007, OUTPUT-008, OUTPUT-012, OUTPUT-014",
    ),
    ("`alarm-0:Cat;1:Dog` is bool of shape (1,N).", "OUTPUT-003, OUTPUT-005, OUTPUT-008"),
    ("Old AI Managers read more kinds of output.", "OUTPUT-006"),
    (
        "Outputs of other kinds need an external post-processor.",
        "OUTPUT-001, OUTPUT-009; OUTPUT-011 without any output",
    ),
    (
        "Opsets up to 17 are tested, 18 and 19 are not, 20 runs on some devices.",
        "OPSET-002, OPSET-003, OPSET-004, OPSET-005, OPSET-006",
    ),
    (
        "The runtimes of the devices load IR 9 (Linux) or 10 (Windows) at most.",
        "IR-001, IR-002, IR-003, DEVICE-001",
    ),
    (
        "Only standard operators; the vendor's older tools had a shorter list of them.",
        "DOMAIN-001, DOMAIN-002, OP-001",
    ),
    (
        "A model compiled for Hailo names its chip in the metadata.",
        "DOMAIN-003, HAILO-002, HAILO-003, HAILO-004",
    ),
    (
        "The description of the graph may give the normalisation, in whole numbers.",
        "NORM-001, NORM-002, NORM-003",
    ),
    (
        "Decoding and non-maximum suppression are inside the graph.",
        "OUTPUT-013, OUTPUT-015",
    ),
    ("The cloud quantises nothing for CPU and CUDA.", "QUANT-001"),
    (
        "The cloud simplifies a model, and keeps the original where that fails.",
        "not a matter of the file: nothing in it can be wrong about this",
    ),
    (
        "A converter checks the file, its operators and the limits of the accelerator, and keeps "
        "the names and shapes of inputs and outputs.",
        "not a rule of its own: the families FILE and WIRE, DOMAIN and OP, DEVICE and HAILO, "
        "INPUT and OUTPUT",
    ),
    ("The compiler for Hailo takes exactly one input of four axes.", "HAILO-001"),
    ("Each kind of device has its runtime.", "DEVICE-001"),
    (
        "Other kinds of model have their own artefact types.",
        "FILE-006, FORMAT-001..018 name what the file is; the types come back with downloads",
    ),
    ("The server says how large an upload may be.", "FILE-008"),
    (
        "A model may match no architecture of a device.",
        "DEVICE-001 before the upload; afterwards the device reports it",
    ),
    ("Chunked and full runtimes.", "dropped: no public document speaks of them"),
    (
        "The cloud converts TensorFlow Lite and Teachable Machine itself.",
        "FILE-006, FILE-003",
    ),
    ("Some tools write labels into the metadata.", "LABEL-001, LABEL-002, LABEL-003"),
    (
        "Assigning a model to devices replaces what they ran.",
        "not a matter of the file: it is about assignments",
    ),
)

# What is refused because it is damaged, hostile, or beyond what is checked.
REFUSED = (
    (
        "no regular file, a link to nothing, a FIFO, a device, a folder",
        "not a finding: the error `UnreadableFile`, exit code 2",
    ),
    ("larger than the server accepts, or than a protobuf message may be", "FILE-008, FILE-009"),
    (
        "something else than ONNX",
        "FILE-001..007, FILE-012, FORMAT-001..018",
    ),
    ("cut short, bytes behind the end", "FILE-010, WIRE-007"),
    ("changed while it was read", "FILE-011, DATA-006"),
    (
        "an encoding that two programs may read in two ways",
        "WIRE-001, WIRE-002, WIRE-003, WIRE-005, WIRE-006, WIRE-008, WIRE-012, WIRE-013; "
        "a field that the format does not have: WIRE-011",
    ),
    ("nested too deeply", "WIRE-004"),
    (
        "more fields, nodes, initializers, functions, inputs, outputs or text than is checked",
        "WIRE-009, WIRE-010, GRAPH-003, GRAPH-014, NAME-004, NAME-007",
    ),
    (
        "shapes that are negative or enormous, data that does not fill its shape, unknown types",
        "SHAPE-001, SHAPE-002, SHAPE-003, TENSOR-001, TENSOR-002, TENSOR-003",
    ),
    ("a loop with an enormous number of rounds", "LOOP-001"),
    (
        "names that are used twice, not at all, or missing",
        "GRAPH-004, GRAPH-008, GRAPH-010, GRAPH-012, GRAPH-015, GRAPH-016, GRAPH-017, GRAPH-019, "
        "GRAPH-020, GRAPH-021",
    ),
    (
        "nodes that do not hang together",
        "GRAPH-005, GRAPH-006, GRAPH-007, GRAPH-009, GRAPH-011, GRAPH-018",
    ),
    ("names that cannot be shown", "NAME-003, NAME-005, NAME-006"),
    (
        "operator sets that are missing, unknown, given twice or wrong",
        "OPSET-001, OPSET-006, OPSET-007, OPSET-008, OPSET-009, OPSET-010, OPSET-011",
    ),
    ("operators of a custom domain", "DOMAIN-001"),
    ("functions that call themselves, or expand without end", "GRAPH-001, GRAPH-002"),
    (
        "external data outside the folder, behind a link, missing, or badly described",
        "DATA-002, DATA-003, DATA-004, DATA-005",
    ),
    ("external data, which an upload of one file leaves behind", "DATA-001"),
    ("what the onnx package refuses, or cannot cope with", "CHECK-001..006"),
    ("training information, which no device needs", "GRAPH-013"),
    ("text or other things than numbers as an input", "INPUT-016"),
    ("initializers that are inputs as well", "INPUT-015"),
    ("zip archives that are unsafe to unpack", "FILE-003, ZIP-001..010"),
)
