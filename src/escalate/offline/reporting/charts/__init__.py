"""Pictures of figures, as SVG that needs nothing else."""
