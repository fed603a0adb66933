"""What goes on in the processes that run models; only here numpy, onnxruntime, Pillow are used."""
