"""What the pages share: caches around vae_core, the browser components, figures, the frame around every page."""
