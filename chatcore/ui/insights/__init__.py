"""The page "Insights": figures and charts of the stored answers. They are counted in `chatcore.insights`."""
