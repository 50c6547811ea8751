"""The parts of the Gradio window: chat, evidence, articles, and how they look."""
