using Dapper;
using Npgsql;
using NUnit.Framework;
using RoomWs.Server.Storage.Postgres;

namespace RoomWs.Tests.Storage.Postgres;

/// <summary>A new PostgreSQL database without tables, on the server that the run was given. It goes away with the test, and so does what still uses it.</summary>
internal sealed class EmptyDatabase : IDisposable
{
    /// <summary>A superuser's connection string to any database of a server that tests may use.</summary>
    private const string Variable = "ROOMWS_TEST_POSTGRES";

    private readonly string _name = $"roomws_{Guid.NewGuid():N}";
    private readonly NpgsqlConnectionStringBuilder _given;

    /// <summary>Makes it. Without a server the test is ignored.</summary>
    public EmptyDatabase(string options = "ENCODING 'UTF8'")
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } given)
        {
            Assert.Ignore($"There is no PostgreSQL for this test: {Variable} is not set.");
            throw new InvalidOperationException();
        }

        _given = new NpgsqlConnectionStringBuilder(given);
        RunOutside($"CREATE DATABASE {_name} TEMPLATE template0 {options}");
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_given.ConnectionString) { Database = _name }.ConnectionString;

    /// <summary>The connection string of a user that this makes, and that may do no more than connect.</summary>
    public string ConnectionStringOfStranger()
    {
        RunOutside($"CREATE ROLE {_name} LOGIN PASSWORD 'geheim'");
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Username = _name, Password = "geheim" }.ConnectionString;
    }

    public PostgresConnections Connections(string node = "n1") => new(ConnectionString, node);

    /// <summary>Changes a setting that the next sessions begin with.</summary>
    public void Set(string setting, string value) => RunOutside($"ALTER DATABASE {_name} SET {setting} = '{value}'");

    public void Run(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Execute(sql);
    }

    public List<T> Read<T>(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        return connection.Query<T>(sql).AsList();
    }

    public void Dispose()
    {
        RunOutside($"DROP DATABASE {_name} WITH (FORCE)");
        RunOutside($"DROP ROLE IF EXISTS {_name}");
    }

    private void RunOutside(string sql)
    {
        using var connection = new NpgsqlConnection(_given.ConnectionString + ";Pooling=false");
        connection.Execute(sql);
    }
}
