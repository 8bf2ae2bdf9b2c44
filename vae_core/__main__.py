from vae_core.cli import main

main()
